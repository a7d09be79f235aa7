"""Links that hold on every address: the stage's own, a custom domain, the laptop's."""

import re
from typing import Final

from liveness_gateway.entrypoints.http.headers import Event

# Of a path that API Gateway has matched; anything else is not repeated.
_PREFIX: Final = re.compile(r"(/[A-Za-z0-9._~-]{1,128}){0,8}")


def record_path(event: Event, verification_id: str) -> str:
    """The path of a record, as seen by whoever sent this request."""
    return f"{_prefix(event)}/v1/verifications/{verification_id}"


def _prefix(event: Event) -> str:
    """What stands in front of the route: the stage, or the base path of a custom domain.

    `requestContext.path` is the whole path that the client asked for; the route is its end.
    """
    path = str((event.get("requestContext") or {}).get("path") or "")
    segments = str(event.get("resource") or "").count("/")
    prefix = path.rsplit("/", segments)[0] if path.count("/") >= segments > 0 else ""
    return prefix if _PREFIX.fullmatch(prefix) else ""
