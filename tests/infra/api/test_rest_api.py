"""The REST API: routes, keys, limits, logs, preflight."""

import json
import re
from typing import Any

from tests.infra.assembly import Assembly, words

_ROUTES = {
    ("POST", "/v1/verifications"): "verify",
    ("POST", "/v0.1/liveness-verification"): "verify",
    ("POST", "/v0.2/liveness-verification"): "verify",
    ("GET", "/v1/verifications/{verification_id}"): "results",
    ("GET", "/v1/health"): "results",
}


def _path(assembly: Assembly, resource_id: str) -> str:
    resource = assembly.resources("AWS::ApiGateway::Resource")[resource_id]
    parent = resource["ParentId"]
    above = _path(assembly, parent["Ref"]) if "Ref" in parent else ""
    return f"{above}/{resource['PathPart']}"


def _methods(assembly: Assembly) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method["HttpMethod"], _path(assembly, method["ResourceId"]["Ref"])): method
        for method in assembly.resources("AWS::ApiGateway::Method").values()
    }


def _stage(assembly: Assembly) -> dict[str, Any]:
    (stage,) = assembly.resources("AWS::ApiGateway::Stage").values()
    return stage


def test_it_is_regional_and_takes_multipart_as_bytes(assembly: Assembly) -> None:
    (api,) = assembly.resources("AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api["BinaryMediaTypes"] == ["multipart/form-data"]


def test_the_routes_are_those_of_the_contract(assembly: Assembly) -> None:
    methods = {key: m for key, m in _methods(assembly).items() if key[0] != "OPTIONS"}
    assert set(methods) == set(_ROUTES)
    for key, name in _ROUTES.items():
        integration = methods[key]["Integration"]
        assert integration["Type"] == "AWS_PROXY"
        assert assembly.function_id(name) in set(words(integration["Uri"]))


def test_every_route_but_health_needs_a_key(assembly: Assembly) -> None:
    for (verb, path), method in _methods(assembly).items():
        open_to_all = verb == "OPTIONS" or path == "/v1/health"
        assert method["ApiKeyRequired"] is not open_to_all, (verb, path)


def test_every_path_has_a_preflight_where_browsers_are_allowed(assembly: Assembly) -> None:
    methods = _methods(assembly)
    preflights = {path for verb, path in methods if verb == "OPTIONS"}
    assert preflights == ({path for _, path in _ROUTES} if assembly.origins else set())
    for path in preflights:
        integration = methods["OPTIONS", path]["Integration"]
        assert integration["Type"] == "MOCK"
        (answer,) = integration["IntegrationResponses"]
        headers = {
            name.removeprefix("method.response.header.").lower(): value.strip("'")
            for name, value in answer["ResponseParameters"].items()
        }
        verbs = {verb for verb, each in _ROUTES if each == path}
        assert set(headers["access-control-allow-methods"].split(",")) == {*verbs, "OPTIONS"}
        assert set(headers["access-control-allow-headers"].split(",")) == {
            "content-type",
            "x-api-key",
            "idempotency-key",
        }
        assert headers["access-control-allow-origin"] == assembly.origins[0]
        assert headers.get("vary") == (None if assembly.origins == ["*"] else "Origin")


def test_a_preflight_reflects_each_further_origin_and_no_other(prod: Assembly) -> None:
    first, second = prod.origins
    template = _methods(prod)["OPTIONS", "/v1/verifications"]["Integration"]
    (answer,) = template["IntegrationResponses"]
    vtl = answer["ResponseTemplates"]["application/json"]
    # Compared whole: a pattern would let https://oneXexample.com in.
    assert re.findall(r'\$origin == "(h[^"]+)"', vtl) == [second]
    assert f"'{first}'" in answer["ResponseParameters"].values()


def test_every_method_is_throttled_and_none_traces_bodies(assembly: Assembly) -> None:
    settings = {(s["HttpMethod"], s["ResourcePath"]): s for s in _stage(assembly)["MethodSettings"]}
    assert ("*", "/*") in settings
    for setting in settings.values():
        assert 0 < setting["ThrottlingRateLimit"] <= 1000
        assert 0 < setting["ThrottlingBurstLimit"] <= 2000
        assert setting["DataTraceEnabled"] is False
        assert setting["LoggingLevel"] == "ERROR"


def test_prod_serves_strangers_little(prod: Assembly) -> None:
    settings = {s["ResourcePath"]: s for s in _stage(prod)["MethodSettings"]}
    assert settings["/~1v1~1health"]["ThrottlingRateLimit"] <= 10
    assert settings["/*"]["ThrottlingRateLimit"] == 25


def test_access_logs_hold_ids_and_times_but_nothing_a_client_sent(assembly: Assembly) -> None:
    setting = _stage(assembly)["AccessLogSetting"]
    logged = json.loads(setting["Format"])
    sources = set(logged.values())
    assert {
        "$context.requestId",
        "$context.extendedRequestId",
        "$context.integration.latency",
        "$context.identity.apiKeyId",
    } <= sources
    assert all(re.fullmatch(r"\$context\.[A-Za-z.]+", source) for source in sources)
    assert "$context.identity.apiKey" not in sources
    groups = assembly.resources("AWS::Logs::LogGroup")
    assert set(words(setting["DestinationArn"])) & set(groups)


def test_execution_logs_forget_because_we_make_their_group_first(assembly: Assembly) -> None:
    (api,) = assembly.resources("AWS::ApiGateway::RestApi")
    ((group_id, group),) = (
        (key, value)
        for key, value in assembly.resources("AWS::Logs::LogGroup").items()
        if "LogGroupName" in value
    )
    assert group["LogGroupName"]["Fn::Join"][1] == [
        "API-Gateway-Execution-Logs_",
        {"Ref": api},
        f"/{assembly.stage}",
    ]
    (stage_id,) = assembly.resources("AWS::ApiGateway::Stage")
    assert group_id in assembly.template["Resources"][stage_id]["DependsOn"]


def test_the_stage_waits_for_the_role_that_writes_its_logs(assembly: Assembly) -> None:
    (account_id,) = assembly.resources("AWS::ApiGateway::Account")
    (stage_id,) = assembly.resources("AWS::ApiGateway::Stage")
    assert account_id in assembly.template["Resources"][stage_id]["DependsOn"]
    # The setting is the account's: another stage may need it after this stack is gone.
    account = assembly.template["Resources"][account_id]
    assert account["DeletionPolicy"] == "Retain"
    role_id = account["Properties"]["CloudWatchRoleArn"]["Fn::GetAtt"][0]
    assert assembly.template["Resources"][role_id]["DeletionPolicy"] == "Retain"


def test_the_key_is_bound_to_a_plan_of_this_stage(assembly: Assembly) -> None:
    ((key_id, key),) = assembly.resources("AWS::ApiGateway::ApiKey").items()
    ((plan_id, plan),) = assembly.resources("AWS::ApiGateway::UsagePlan").items()
    (binding,) = assembly.resources("AWS::ApiGateway::UsagePlanKey").values()
    assert "Value" not in key
    assert (binding["KeyId"], binding["UsagePlanId"]) == ({"Ref": key_id}, {"Ref": plan_id})
    (stage_id,) = assembly.resources("AWS::ApiGateway::Stage")
    assert [s["Stage"] for s in plan["ApiStages"]] == [{"Ref": stage_id}]
    assert plan["Throttle"]["RateLimit"] > 0
    if assembly.stage != "local":
        assert plan["Quota"]["Period"] == "DAY"
        assert plan["Quota"]["Limit"] > 0


def test_the_outputs_are_what_an_operator_needs(assembly: Assembly) -> None:
    assert set(assembly.template["Outputs"]) == {
        "AlarmTopicArn",
        "ApiId",
        "ApiKeyId",
        "ApiStage",
        "ApiUrl",
        "DeadLetterQueueUrl",
        "EmergencyDeadLetterQueueUrl",
        "EmergencyQueueUrl",
        "EventBusName",
        "PublishEventsFunctionName",
        "RecoverFunctionName",
        "ResultsFunctionName",
        "SweepFunctionName",
        "TableName",
        "UpstreamSecretArn",
        "UsagePlanId",
        "VerifyFunctionName",
    }


def test_everything_taggable_is_tagged(assembly: Assembly) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi"):
        for resource in assembly.resources(kind).values():
            tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            assert tags == {"application": "liveness-gateway", "stage": assembly.stage}
