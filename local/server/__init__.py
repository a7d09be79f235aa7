"""The HTTP server of the gateway on this machine: the API, the demo page, the page's data."""
