"""The responses of API Gateway itself: every type, with CORS and a problem body."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX
from tests.infra.assembly import Assembly

_FREQUENT = {
    "INVALID_API_KEY": (401, "unauthorized"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "THROTTLED": (429, "rate_limited"),
    "QUOTA_EXCEEDED": (429, "rate_limited"),
    "REQUEST_TOO_LARGE": (413, "too_large"),
    # Lambda refused the invocation: its concurrency is used up.
    "INTEGRATION_FAILURE": (503, "upstream_unavailable"),
    "INTEGRATION_TIMEOUT": (504, "upstream_timeout"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media"),
    "DEFAULT_4XX": (400, "malformed_request"),
    "DEFAULT_5XX": (500, "internal"),
}
Responses = list[dict[str, Any]]


@pytest.fixture
def responses(assembly: Assembly) -> Responses:
    return list(assembly.resources("AWS::ApiGateway::GatewayResponse").values())


def _headers(response: dict[str, Any]) -> dict[str, str]:
    prefix = "gatewayresponse.header."
    parameters = response["ResponseParameters"]
    assert all(name.startswith(prefix) for name in parameters)
    return {name.removeprefix(prefix).lower(): value for name, value in parameters.items()}


def test_every_response_type_has_a_problem(responses: Responses, synthesis: Path) -> None:
    every = set(json.loads((synthesis / "response_types.json").read_text()))
    assert len(every) >= 20
    assert {response["ResponseType"] for response in responses} == every == set(GATEWAY_PROBLEMS)


def test_every_body_is_a_problem_with_the_status_of_its_response(responses: Responses) -> None:
    for response in responses:
        (media_type,) = response["ResponseTemplates"]
        assert media_type == "application/json"
        template = response["ResponseTemplates"][media_type]
        # API Gateway does not escape values, so the request id is the only one.
        assert template.count("$") == 1
        problem = json.loads(template.replace("$context.requestId", "an-id"))
        assert problem["type"] == PROBLEM_TYPE_PREFIX + problem["code"]
        assert str(problem["status"]) == response["StatusCode"]
        assert problem["correlation_id"] == "an-id"
        assert isinstance(problem["retryable"], bool)


def test_every_response_has_the_headers_of_a_problem(responses: Responses) -> None:
    for response in responses:
        headers = _headers(response)
        waits = response["StatusCode"] in ("429", "503")
        assert headers.get("retry-after", "").strip("'").isdigit() is waits
        assert headers["content-type"] == "'application/problem+json'"
        assert headers["cache-control"] == "'no-store'"
        assert headers["x-correlation-id"] == "context.requestId"


def test_a_browser_may_read_every_response_where_browsers_are_allowed(
    assembly: Assembly, responses: Responses
) -> None:
    origins = assembly.origins
    wanted = {0: None, 1: f"'{origins[0]}'" if origins else None}.get(len(origins), "'*'")
    for response in responses:
        headers = _headers(response)
        assert headers.get("access-control-allow-origin") == wanted
        exposed = headers.get("access-control-expose-headers", "")
        assert ("x-correlation-id" in exposed) is bool(origins)
        fixed = wanted not in (None, "'*'")
        assert headers.get("vary") == ("'Origin'" if fixed else None)


def test_the_most_frequent_responses() -> None:
    found = {name: (problem.status, problem.code) for name, problem in GATEWAY_PROBLEMS.items()}
    assert found | _FREQUENT == found


def test_a_deployment_waits_for_all_responses(assembly: Assembly) -> None:
    # API Gateway copies the responses when it deploys: it would not serve a later one.
    deployment, _ = assembly.only("AWS::ApiGateway::Deployment")
    responses = set(assembly.resources("AWS::ApiGateway::GatewayResponse"))
    assert responses <= assembly.depends_on(deployment)
