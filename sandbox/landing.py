"""What a person sees who opens the sandbox in a browser."""

from html import escape

from sandbox.outcomes import OUTCOMES
from sandbox.responses import Answer

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sandbox of the liveness API</title>
<h1>This is a sandbox. It does not judge liveness.</h1>
<p>It speaks the wire format of the liveness API and answers what it is told to answer,
whoever or whatever is in the picture. Never use it to decide anything about a person.</p>
<p>It takes <code>POST /v0.1/liveness-verification</code> (headers <code>app_id</code>,
<code>app_key</code>) and <code>POST /v0.2/liveness-verification</code> (headers
<code>app-id</code>, <code>app-key</code>), each with the form fields <code>selfie</code>
and <code>threshold</code>.</p>
<p>Say what comes next:</p>
<pre>curl -X PUT {url}/control/next -d '{{"outcome": "not_live", "count": 1}}'
curl {url}/control/requests</pre>
<h2>Outcomes</h2>
<dl>
{rows}
</dl>
"""


def landing_page(url: str) -> Answer:
    """An HTML page that says plainly what this is."""
    rows = "\n".join(
        f"<dt><code>{escape(name)}</code><dd>{escape(row.says)}" for name, row in OUTCOMES.items()
    )
    page = _PAGE.format(url=escape(url), rows=rows).encode()
    return Answer(200, page, (("Content-Type", "text/html; charset=utf-8"),))
