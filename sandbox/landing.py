"""The page shown to a person who opens the sandbox in a browser."""

from html import escape

from sandbox.outcomes import OUTCOMES
from sandbox.responses import Response

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sandbox of the liveness API</title>
<h1>This is a sandbox. It does not judge liveness.</h1>
<p>It uses the request and response format of the liveness API. Its responses are scripted,
whoever or whatever is in the picture. Never use it to decide anything about a person.</p>
<p>It takes <code>POST /v0.1/liveness-verification</code> (headers <code>app_id</code>,
<code>app_key</code>) and <code>POST /v0.2/liveness-verification</code> (headers
<code>app-id</code>, <code>app-key</code>), each with the form fields <code>selfie</code>
and <code>threshold</code>.</p>
<p>Choose the next outcome and list the requests:</p>
<pre>curl -X PUT {url}/control/next -d '{{"outcome": "not_live", "count": 1}}'
curl {url}/control/requests</pre>
<h2>Outcomes</h2>
<dl>
{rows}
</dl>
"""


def landing_page(url: str) -> Response:
    """An HTML page that says what the sandbox is and lists the outcomes."""
    rows = "\n".join(
        f"<dt><code>{escape(name)}</code><dd>{escape(outcome.description)}"
        for name, outcome in OUTCOMES.items()
    )
    page = _PAGE.format(url=escape(url), rows=rows).encode()
    return Response(200, page, (("Content-Type", "text/html; charset=utf-8"),))
