"""What API Gateway itself answers, in the gateway's own words: CORS and a problem body each time.

The texts repeat the functions' problem catalogue, which infra may not import; a contract test
compares the two.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_apigateway as apigateway

EXPOSED_HEADERS: Final = ("location", "retry-after", "x-correlation-id", "idempotency-replayed")
PROBLEM_TYPE_PREFIX: Final = "urn:liveness-gateway:problem:"


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """The problem that stands for one or more of API Gateway's response types.

    Attributes:
        code: of the problem catalogue.
        status: the catalogue's HTTP status.
        title: the catalogue's title.
        detail: what happened here; fixed text, because API Gateway cannot escape anything.
        retryable: whether the catalogue says that trying again can help.
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
    "too_large", 413, "The request is too large.", "A body may have 4.5 MiB."
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
# Lambda refused the invocation, above all because the concurrency is used up.
_NO_FUNCTION: Final = GatewayProblem(
    "upstream_unavailable",
    503,
    "Verifications are not possible right now.",
    "No function was free to take the request. Wait for the seconds in Retry-After, then send the"
    " same request with the same Idempotency-Key again.",
    retryable=True,
    retry_after=5,
)
_TIMEOUT: Final = GatewayProblem(
    "upstream_timeout",
    504,
    "The answer of the liveness API was lost.",
    "It did not come within 29 seconds. The same Idempotency-Key tells what became of it.",
)

# Every type there is: a type left out would be answered in API Gateway's words, without CORS,
# or under DEFAULT_4XX or DEFAULT_5XX with a status that its body does not name.
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
    "INTEGRATION_FAILURE": _NO_FUNCTION,
    "INTEGRATION_TIMEOUT": _TIMEOUT,
    "INVALID_API_KEY": _UNAUTHORIZED,
    "INVALID_SIGNATURE": _UNAUTHORIZED,
    # API Gateway says so of a route that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": _NOT_FOUND,
    "QUOTA_EXCEEDED": _QUOTA,
    "REQUEST_TOO_LARGE": _TOO_LARGE,
    "RESOURCE_NOT_FOUND": _NOT_FOUND,
    "THROTTLED": _TOO_MANY,
    "UNAUTHORIZED": _UNAUTHORIZED,
    "UNSUPPORTED_MEDIA_TYPE": _UNSUPPORTED,
    "WAF_FILTERED": _FORBIDDEN,
}


def answer_in_own_words(api: apigateway.RestApi, allowed_origins: Sequence[str]) -> None:
    """Give `api` a gateway response for every type API Gateway can write."""
    cors = _cors_headers(allowed_origins)
    for name, problem in GATEWAY_PROBLEMS.items():
        retry = {} if problem.retry_after is None else {"Retry-After": f"'{problem.retry_after}'"}
        api.add_gateway_response(
            name.title().replace("_", ""),
            type=apigateway.ResponseType.of(name),
            status_code=str(problem.status),
            response_headers={
                "Content-Type": "'application/problem+json'",
                "Cache-Control": "'no-store'",
                "X-Correlation-Id": "context.requestId",
                **cors,
                **retry,
            },
            # API Gateway knows its own name for the type of body; the header above corrects it.
            templates={"application/json": _body(problem)},
        )


def _cors_headers(allowed_origins: Sequence[str]) -> dict[str, str]:
    if not allowed_origins:
        return {}
    # API Gateway cannot choose among several origins here. These bodies hold nothing of anyone's,
    # and the preflight has already refused a page that may not call.
    origin = allowed_origins[0] if len(allowed_origins) == 1 else "*"
    vary = {} if origin == "*" else {"Vary": "'Origin'"}
    return {
        "Access-Control-Allow-Origin": f"'{origin}'",
        "Access-Control-Expose-Headers": f"'{','.join(EXPOSED_HEADERS)}'",
        **vary,
    }


def _body(problem: GatewayProblem) -> str:
    return json.dumps(
        {
            "type": PROBLEM_TYPE_PREFIX + problem.code,
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
            "retryable": problem.retryable,
            "correlation_id": "$context.requestId",
        }
    )
