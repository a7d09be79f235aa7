"""What is left of a client's limits, as headers.

Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
"""

from liveness_gateway.limits import Limit


def rate_limit_headers(limits: tuple[Limit, ...]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit`; nothing where nothing is counted."""
    if not limits:
        return {}
    policies = (f'"{one.name}";q={one.quota};w={one.window}' for one in limits)
    states = (f'"{one.name}";r={one.left};t={one.seconds}' for one in limits)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}
