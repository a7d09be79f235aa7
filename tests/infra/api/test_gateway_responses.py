"""What API Gateway itself answers: every type, with CORS and a problem body."""

import json
from typing import Any

from aws_cdk.aws_apigateway import ResponseType

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX
from tests.infra.assembly import Assembly

_MEMBERS = {"type", "title", "status", "detail", "code", "retryable", "correlation_id"}


def _responses(assembly: Assembly) -> dict[str, dict[str, Any]]:
    return {
        response["ResponseType"]: response
        for response in assembly.resources("AWS::ApiGateway::GatewayResponse").values()
    }


def _headers(response: dict[str, Any]) -> dict[str, str]:
    prefix = "gatewayresponse.header."
    parameters = response["ResponseParameters"]
    assert all(name.startswith(prefix) for name in parameters)
    return {name.removeprefix(prefix).lower(): value for name, value in parameters.items()}


def _every_type() -> set[str]:
    names = [name for name in dir(ResponseType) if name.isupper()]
    return {getattr(ResponseType, name).response_type for name in names}


def test_no_type_is_left_to_api_gateway(assembly: Assembly) -> None:
    # RESOURCE_NOT_FOUND exists in API Gateway; what the CDK calls it is checked too.
    every = _every_type()
    assert len(every) >= 20
    assert set(_responses(assembly)) == every == set(GATEWAY_PROBLEMS)


def test_every_body_is_the_problem_its_status_says(assembly: Assembly) -> None:
    for response in _responses(assembly).values():
        template = response["ResponseTemplates"]["application/json"]
        problem = json.loads(template.replace("$context.requestId", "an-id"))
        assert set(problem) == _MEMBERS
        assert problem["type"] == PROBLEM_TYPE_PREFIX + problem["code"]
        assert str(problem["status"]) == response["StatusCode"]
        assert problem["correlation_id"] == "an-id"
        assert isinstance(problem["retryable"], bool)


def test_nothing_unescaped_gets_into_a_body(assembly: Assembly) -> None:
    for response in _responses(assembly).values():
        template = response["ResponseTemplates"]["application/json"]
        assert template.count("$") == 1
        assert set(response["ResponseTemplates"]) == {"application/json"}


def test_every_answer_says_what_it_is_and_is_not_kept(assembly: Assembly) -> None:
    for response in _responses(assembly).values():
        headers = _headers(response)
        assert headers["content-type"] == "'application/problem+json'"
        assert headers["cache-control"] == "'no-store'"
        assert headers["x-correlation-id"] == "context.requestId"


def test_a_browser_may_read_every_answer_where_browsers_are_allowed(assembly: Assembly) -> None:
    origins = assembly.origins
    wanted = {0: None, 1: f"'{origins[0]}'" if origins else None}.get(len(origins), "'*'")
    for response in _responses(assembly).values():
        headers = _headers(response)
        assert headers.get("access-control-allow-origin") == wanted
        exposed = headers.get("access-control-expose-headers", "")
        assert ("x-correlation-id" in exposed) is bool(origins)
        fixed = wanted not in (None, "'*'")
        assert headers.get("vary") == ("'Origin'" if fixed else None)


def test_who_is_asked_to_wait_is_told_how_long(assembly: Assembly) -> None:
    for response in _responses(assembly).values():
        waits = response["StatusCode"] in ("429", "503")
        retry_after = _headers(response).get("retry-after", "").strip("'")
        assert retry_after.isdigit() is waits


def test_the_answers_a_client_meets_first() -> None:
    met = {name: (p.status, p.code) for name, p in GATEWAY_PROBLEMS.items()}
    assert met["INVALID_API_KEY"] == (401, "unauthorized")
    assert met["MISSING_AUTHENTICATION_TOKEN"] == (404, "not_found")
    assert met["THROTTLED"] == met["QUOTA_EXCEEDED"] == (429, "rate_limited")
    assert met["REQUEST_TOO_LARGE"] == (413, "too_large")
    # Lambda refused the invocation: its concurrency is used up.
    assert met["INTEGRATION_FAILURE"] == (503, "upstream_unavailable")
    assert met["INTEGRATION_TIMEOUT"] == (504, "upstream_timeout")
    assert met["UNSUPPORTED_MEDIA_TYPE"] == (415, "unsupported_media")
    assert met["DEFAULT_4XX"][0] == 400
    assert met["DEFAULT_5XX"][0] == 500


def test_a_deployment_holds_all_of_them(assembly: Assembly) -> None:
    # API Gateway copies the responses when it deploys: one that comes later is not served.
    (deployment,) = assembly.resources("AWS::ApiGateway::Deployment")
    waits_for = set(assembly.template["Resources"][deployment]["DependsOn"])
    assert set(assembly.resources("AWS::ApiGateway::GatewayResponse")) <= waits_for
    assert set(assembly.resources("AWS::ApiGateway::Method")) <= waits_for
