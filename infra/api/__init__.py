"""The REST API: routes, credentials, limits, CORS and logs."""
