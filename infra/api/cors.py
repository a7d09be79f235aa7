"""The CORS headers that API Gateway itself writes: on preflights and on gateway responses.

`functions/` exposes the same headers and imports nothing from here: a contract test compares the
two.
"""

from collections.abc import Sequence
from typing import Final

ALLOWED_HEADERS: Final = ("content-type", "x-api-key", "idempotency-key")
# What libraries for tracing and uploads add by themselves: without them the preflight fails, and
# the page sees a network error that names no header.
LIBRARY_HEADERS: Final = (
    "b3", "baggage", "cache-control", "content-encoding", "newrelic", "sentry-trace",
    "traceparent", "tracestate", "x-amzn-trace-id", "x-b3-flags", "x-b3-parentspanid",
    "x-b3-sampled", "x-b3-spanid", "x-b3-traceid", "x-correlation-id", "x-datadog-origin",
    "x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-tags", "x-datadog-trace-id",
    "x-request-id", "x-requested-with",
)  # fmt: skip
EXPOSED_HEADERS: Final = (
    "location", "retry-after", "x-correlation-id", "idempotency-replayed", "ratelimit",
    "ratelimit-policy",
)  # fmt: skip
PREFLIGHT_MAX_AGE_MINUTES: Final = 10


def choosing_template(allowed_origins: Sequence[str]) -> str:
    """The mapping template that answers a preflight with the origin that asks, if it is allowed.

    The CDK's own looks for `origin`, as HTTP/2 writes it, only where `get` gives an empty text for
    a header that is not there; API Gateway's documents do not say that it does, and a map of
    Velocity gives null. Here both mean the same.
    """
    asked = " || ".join(f'$origin == "{origin}"' for origin in allowed_origins[1:])
    return "\n".join(
        (
            '#set($origin = $input.params().header.get("Origin"))',
            '#if(!$origin || $origin == "")',
            '  #set($origin = $input.params().header.get("origin"))',
            "#end",
            f"#if({asked})",
            "  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)",
            "#end",
        )
    )


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
