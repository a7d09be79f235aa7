"""What every route reads of API Gateway's event: headers, ids, and who asks."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from liveness_gateway.problems import ProblemError

Event = Mapping[str, Any]
# API Gateway writes these ids itself; anything else in their place is not used.
_ID: Final = re.compile(r"[A-Za-z0-9_=+/.:-]{1,128}", re.ASCII)


def header(event: Event, name: str) -> str | None:
    """The value of a request header, whatever its case; None when it is not there.

    Raises:
        ProblemError: `malformed_request` when it is there twice with different values.
    """
    values = {
        value
        for key, several in (event.get("multiValueHeaders") or {}).items()
        if key.lower() == name
        for value in several
    }
    if not values:
        values = {v for k, v in (event.get("headers") or {}).items() if k.lower() == name}
    if len(values) > 1:
        raise ProblemError("malformed_request", f"The header `{name}` is there more than once.")
    return next(iter(values), None)


def client_id(event: Event) -> str:
    """Who asks: the id of the API key that API Gateway accepted.

    Where API Gateway's event does not have the key's id (the emulator), a digest of the key stands
    in: the key itself is never kept.

    Raises:
        ProblemError: `unauthorized` when there is neither.
    """
    identity = (event.get("requestContext") or {}).get("identity") or {}
    known = identity.get("apiKeyId")
    if known:
        return str(known)
    key = header(event, "x-api-key")
    if not key:
        raise ProblemError("unauthorized", "There is no `x-api-key` header.")
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def event_id(event: Event) -> str | None:
    """API Gateway's own id of this event, the same however often it is delivered.

    `requestContext.requestId` is not used: a client can choose it by a header. It cannot choose
    the extended one.
    """
    known = (event.get("requestContext") or {}).get("extendedRequestId")
    return known if isinstance(known, str) and _ID.fullmatch(known) else None
