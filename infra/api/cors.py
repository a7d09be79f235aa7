"""The CORS headers that API Gateway itself writes: on preflights and on gateway responses.

`functions/` exposes the same headers and imports nothing from here: a contract test compares the
two.
"""

from collections.abc import Sequence
from typing import Final

ALLOWED_HEADERS: Final = ("content-type", "x-api-key", "idempotency-key")
EXPOSED_HEADERS: Final = ("location", "retry-after", "x-correlation-id", "idempotency-replayed")
PREFLIGHT_MAX_AGE_MINUTES: Final = 10


def gateway_response_headers(allowed_origins: Sequence[str]) -> dict[str, str]:
    """The CORS headers of a gateway response, as API Gateway's expressions; none without origins.

    A gateway response cannot choose among several origins, so then any origin may read it. It holds
    no client's data, and the preflight has already refused a page that may not call.
    """
    if not allowed_origins:
        return {}
    origin = allowed_origins[0] if len(allowed_origins) == 1 else "*"
    vary = {} if origin == "*" else {"Vary": "'Origin'"}
    return {
        "Access-Control-Allow-Origin": f"'{origin}'",
        "Access-Control-Expose-Headers": f"'{','.join(EXPOSED_HEADERS)}'",
        **vary,
    }
