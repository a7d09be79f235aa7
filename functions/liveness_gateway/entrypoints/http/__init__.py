"""HTTP in and out: routes, multipart bodies, presenters, problems."""
