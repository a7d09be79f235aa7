"""The problem that stands for each response type of API Gateway.

`functions/` has the same problems in its catalogue and imports nothing from here: a contract test
compares the two.
"""

from dataclasses import dataclass
from typing import Final

PROBLEM_TYPE_PREFIX: Final = "urn:liveness-gateway:problem:"
# Bytes. The functions refuse a larger body; the text below names the same limit.
BODY_LIMIT: Final = 4_613_734


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """The problem that stands for one or more of API Gateway's response types.

    Attributes:
        code: of the problem catalogue.
        status: the catalogue's HTTP status.
        title: the catalogue's title.
        detail: why API Gateway refused; fixed text, because API Gateway does not escape values.
        retryable: whether the catalogue says that a retry can succeed.
        retry_after: seconds, or None for no `Retry-After`.
    """

    code: str
    status: int
    title: str
    detail: str
    retryable: bool = False
    retry_after: int | None = None


_INTERNAL: Final = GatewayProblem(
    "internal",
    500,
    "The gateway failed.",
    "A function of the gateway gave no answer. Nothing is charged twice if the same request is"
    " sent again with the same Idempotency-Key.",
    retryable=True,
)
_MALFORMED: Final = GatewayProblem(
    "malformed_request",
    400,
    "The request could not be read.",
    "It is not a request this API takes.",
)
_UNAUTHORIZED: Final = GatewayProblem(
    "unauthorized",
    401,
    "The credential is missing or not known here.",
    "Send the gateway's API key in the x-api-key header.",
)
_FORBIDDEN: Final = GatewayProblem(
    "forbidden",
    403,
    "The credential does not allow this.",
    "The request was refused before it reached a function.",
)
_NOT_FOUND: Final = GatewayProblem(
    "not_found", 404, "There is nothing here.", "No route has this method and path."
)
_TOO_LARGE: Final = GatewayProblem(
    "too_large", 413, "The request is too large.", f"A body may have {BODY_LIMIT / 2**20:g} MiB."
)
_UNSUPPORTED: Final = GatewayProblem(
    "unsupported_media",
    415,
    "This kind of content is not taken.",
    "Send multipart/form-data holding a JPEG or a PNG.",
)
_TOO_MANY: Final = GatewayProblem(
    "rate_limited",
    429,
    "Too many requests.",
    "The gateway is busy. Wait for the seconds in Retry-After.",
    retryable=True,
    retry_after=1,
)
_QUOTA: Final = GatewayProblem(
    "rate_limited",
    429,
    "Too many requests.",
    "The quota of this API key is used up. It is renewed every day.",
    retryable=True,
    retry_after=3600,
)
# Lambda refused the invocation, or the function crashed or ran out of time or memory: API Gateway
# says the same of all of these, so the answer must not claim that nothing ran.
_NO_ANSWER: Final = GatewayProblem(
    "upstream_unavailable",
    503,
    "Verifications are not possible right now.",
    "The function gave no answer: it may not have run, or have ended before it could answer. Wait"
    " for the seconds in Retry-After, then send the same request with the same Idempotency-Key: it"
    " is never charged twice. Without a key the same request is a new verification, which may be"
    " charged once more.",
    retryable=True,
    retry_after=5,
)
_TIMEOUT: Final = GatewayProblem(
    "upstream_timeout",
    504,
    "The answer of the liveness API was lost.",
    "It did not come within 29 seconds. The same Idempotency-Key tells what became of it.",
)

# Every response type must be here. One that is missing falls back to DEFAULT_4XX or DEFAULT_5XX,
# whose body then names another status than the response has.
GATEWAY_PROBLEMS: Final = {
    "ACCESS_DENIED": _FORBIDDEN,
    "API_CONFIGURATION_ERROR": _INTERNAL,
    "AUTHORIZER_CONFIGURATION_ERROR": _INTERNAL,
    "AUTHORIZER_FAILURE": _INTERNAL,
    "BAD_REQUEST_BODY": _MALFORMED,
    "BAD_REQUEST_PARAMETERS": _MALFORMED,
    "DEFAULT_4XX": _MALFORMED,
    "DEFAULT_5XX": _INTERNAL,
    "EXPIRED_TOKEN": _UNAUTHORIZED,
    "INTEGRATION_FAILURE": _NO_ANSWER,
    "INTEGRATION_TIMEOUT": _TIMEOUT,
    "INVALID_API_KEY": _UNAUTHORIZED,
    "INVALID_SIGNATURE": _UNAUTHORIZED,
    # API Gateway uses this type for a route that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": _NOT_FOUND,
    "QUOTA_EXCEEDED": _QUOTA,
    "REQUEST_TOO_LARGE": _TOO_LARGE,
    "RESOURCE_NOT_FOUND": _NOT_FOUND,
    "THROTTLED": _TOO_MANY,
    "UNAUTHORIZED": _UNAUTHORIZED,
    "UNSUPPORTED_MEDIA_TYPE": _UNSUPPORTED,
    "WAF_FILTERED": _FORBIDDEN,
}
