"""HTTP: from API Gateway's event to a checked request, and back to an answer."""
