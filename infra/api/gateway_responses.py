"""The responses that API Gateway itself writes: a problem body and CORS headers on each."""

import json
from typing import Final

from aws_cdk import aws_apigateway as apigateway

from infra.api.cors import gateway_response_headers
from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX, GatewayProblem
from infra.stages.stage import Stage

# Not `requestId`: a client can choose that one.
_CORRELATION_ID: Final = "context.extendedRequestId"


def add_gateway_responses(api: apigateway.RestApi, stage: Stage) -> None:
    """Add a gateway response for every response type of API Gateway to `api`."""
    cors = gateway_response_headers(stage.allowed_origins)
    for name, problem in GATEWAY_PROBLEMS.items():
        retry = {} if problem.retry_after is None else {"Retry-After": f"'{problem.retry_after}'"}
        api.add_gateway_response(
            name.title().replace("_", ""),
            type=apigateway.ResponseType.of(name),
            status_code=str(problem.status),
            response_headers={
                "Content-Type": "'application/problem+json'",
                "Cache-Control": "'no-store'",
                "X-Correlation-Id": _CORRELATION_ID,
                **cors,
                **retry,
            },
            # API Gateway takes no other key here; the header above sets the content type.
            templates={"application/json": _body(problem)},
        )


def _body(problem: GatewayProblem) -> str:
    return json.dumps(
        {
            "type": PROBLEM_TYPE_PREFIX + problem.code,
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
            "retryable": problem.retryable,
            "correlation_id": f"${_CORRELATION_ID}",
            # The liveness API's own form, for the compat routes: a gateway response cannot tell
            # which route was asked for.
            "Errors": [{"ErrCode": problem.status, "Message": f"{problem.title} {problem.detail}"}],
        }
    )
