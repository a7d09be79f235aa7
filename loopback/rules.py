"""The rules of every listening socket of this machine's programs.

A page of any web site can send requests to 127.0.0.1, and a name of its own can be made to resolve
to it (DNS rebinding). Sources: RFC 6454 (Origin), Fetch Metadata (Sec-Fetch-Site), RFC 9110 section
7.2 (Host).
"""

from collections.abc import Iterable, Mapping
from typing import Final

HOSTS: Final = ("127.0.0.1", "localhost")
# What a browser says of a request of the page itself, or of an address that was typed.
_OWN_SITES: Final = frozenset({"", "same-origin", "none"})


def refusal(
    port: int, headers: Mapping[str, str], *, origins: Iterable[str] = (), document: bool = False
) -> str | None:
    """Why this request is refused, in words for a person; None where it is not.

    Args:
        port: where the server listens.
        headers: of the request, names in lower case.
        origins: those that are served besides the server's own.
        document: the request only opens a page, which a link of another page may do.
    """
    own = {f"{host}:{port}" for host in HOSTS}
    if headers.get("host", "").lower() not in own:
        return "This server is called 127.0.0.1 or localhost; the Host header names another."
    origin = headers.get("origin")
    if origin is not None and origin not in {*origins, *(f"http://{name}" for name in own)}:
        return "This server serves no page of another origin."
    site = headers.get("sec-fetch-site", "")
    opened = document and headers.get("sec-fetch-mode") == "navigate"
    if origin is None and site not in _OWN_SITES and not opened:
        return "This server serves no page of another origin."
    return None
