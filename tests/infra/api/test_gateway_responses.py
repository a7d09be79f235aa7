"""The responses of API Gateway itself: every type, with CORS and a problem body."""

import json
from pathlib import Path

from infra.api.gateway_problems import GATEWAY_PROBLEMS, PROBLEM_TYPE_PREFIX
from tests.infra.assembly import Assembly

_TYPE = "AWS::ApiGateway::GatewayResponse"
_HEADER = "gatewayresponse.header."
# These names do not say what they stand for: no such route, no free function.
_CODES = {
    "MISSING_AUTHENTICATION_TOKEN": "not_found",
    "INTEGRATION_FAILURE": "upstream_unavailable",
    "INTEGRATION_TIMEOUT": "upstream_timeout",
}


def test_every_response_type_has_a_problem(assembly: Assembly, synthesis: Path) -> None:
    every = set(json.loads((synthesis / "response_types.json").read_text()))
    assert len(every) >= 20
    found = {response["ResponseType"] for response in assembly.resources(_TYPE).values()}
    assert found == every == set(GATEWAY_PROBLEMS)
    assert {name: GATEWAY_PROBLEMS[name].code for name in _CODES} == _CODES


def test_every_response_is_a_problem_with_its_headers(assembly: Assembly) -> None:
    origins = assembly.origins
    allowed = f"'{origins[0]}'" if len(origins) == 1 else "'*'" if origins else None
    # A client can choose `requestId`.
    correlation_id = "context.extendedRequestId"
    for response in assembly.resources(_TYPE).values():
        ((media_type, template),) = response["ResponseTemplates"].items()
        assert media_type == "application/json"
        # API Gateway does not escape values, so the request id is the only one.
        assert template.count("$") == 1
        problem = json.loads(template.replace(f"${correlation_id}", "an-id"))
        assert problem["type"] == PROBLEM_TYPE_PREFIX + problem["code"]
        assert str(problem["status"]) == response["StatusCode"]
        assert problem["correlation_id"] == "an-id"
        parameters = response["ResponseParameters"].items()
        assert all(name.startswith(_HEADER) for name, _ in parameters)
        headers = {name.removeprefix(_HEADER).lower(): value for name, value in parameters}
        waits = response["StatusCode"] in ("429", "503")
        assert headers.get("retry-after", "").strip("'").isdigit() is waits
        assert headers["content-type"] == "'application/problem+json'"
        assert headers["cache-control"] == "'no-store'"
        assert headers["x-correlation-id"] == correlation_id
        # A browser may read it where browsers are allowed.
        assert headers.get("access-control-allow-origin") == allowed
        exposed = headers.get("access-control-expose-headers", "")
        assert ("x-correlation-id" in exposed) is bool(origins)
        assert headers.get("vary") == (None if allowed in (None, "'*'") else "'Origin'")


def test_a_deployment_waits_for_all_responses(assembly: Assembly) -> None:
    # API Gateway copies the responses when it deploys: it would not serve a later one.
    deployment, _ = assembly.only("AWS::ApiGateway::Deployment")
    assert set(assembly.resources(_TYPE)) <= assembly.depends_on(deployment)
