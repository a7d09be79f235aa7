"""The CORS headers of every answer."""

from typing import Final

EXPOSED_HEADERS: Final = (
    "Location", "Retry-After", "X-Correlation-Id", "Idempotency-Replayed", "RateLimit",
    "RateLimit-Policy",
)  # fmt: skip


def cors_headers(allowed: tuple[str, ...], origin: str | None) -> dict[str, str]:
    """The CORS headers of an answer to a page of this origin (Fetch standard, section 3.3)."""
    exposed = {"Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS)}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*"} | exposed
    if origin is not None and origin in allowed:
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} | exposed
    return {"Vary": "Origin"}
