"""The REST API and its stage: limits, logs, the first client."""

import json
import re

from tests.infra.assembly import Assembly, words

_STAGE = "AWS::ApiGateway::Stage"


def test_it_is_regional_and_takes_multipart_as_bytes(assembly: Assembly) -> None:
    _, api = assembly.only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api["BinaryMediaTypes"] == ["multipart/form-data"]


def test_every_method_is_throttled_and_none_traces_bodies(assembly: Assembly) -> None:
    _, stage = assembly.only(_STAGE)
    settings = {(s["HttpMethod"], s["ResourcePath"]): s for s in stage["MethodSettings"]}
    assert ("*", "/*") in settings
    for setting in settings.values():
        assert 0 < setting["ThrottlingRateLimit"] <= 1000
        assert 0 < setting["ThrottlingBurstLimit"] <= 2000
        assert setting["DataTraceEnabled"] is False
        assert setting["LoggingLevel"] == "ERROR"


def test_in_prod_the_public_route_has_a_low_limit(prod: Assembly) -> None:
    _, stage = prod.only(_STAGE)
    settings = {s["ResourcePath"]: s for s in stage["MethodSettings"]}
    assert settings["/~1v1~1health"]["ThrottlingRateLimit"] <= 10
    assert settings["/*"]["ThrottlingRateLimit"] == 25


def test_access_logs_hold_ids_and_times_but_nothing_a_client_sent(assembly: Assembly) -> None:
    _, stage = assembly.only(_STAGE)
    setting = stage["AccessLogSetting"]
    sources = set(json.loads(setting["Format"]).values())
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


def test_the_stack_creates_the_execution_log_group_before_the_stage(assembly: Assembly) -> None:
    api, _ = assembly.only("AWS::ApiGateway::RestApi")
    ((group_id, group),) = (
        (key, value)
        for key, value in assembly.resources("AWS::Logs::LogGroup").items()
        if "LogGroupName" in value
    )
    prefix = "API-Gateway-Execution-Logs_"
    assert group["LogGroupName"]["Fn::Join"][1] == [prefix, {"Ref": api}, f"/{assembly.stage}"]
    stage_id, _ = assembly.only(_STAGE)
    assert group_id in assembly.depends_on(stage_id)


def test_the_stage_waits_for_the_role_that_writes_its_logs(assembly: Assembly) -> None:
    account_id, account = assembly.only("AWS::ApiGateway::Account")
    stage_id, _ = assembly.only(_STAGE)
    assert account_id in assembly.depends_on(stage_id)
    # The setting is the account's: another stage may need it when this stack is deleted.
    for logical_id in (account_id, account["CloudWatchRoleArn"]["Fn::GetAtt"][0]):
        assert assembly.template["Resources"][logical_id]["DeletionPolicy"] == "Retain"


def test_the_key_is_bound_to_a_plan_of_this_stage(assembly: Assembly) -> None:
    key_id, key = assembly.only("AWS::ApiGateway::ApiKey")
    plan_id, plan = assembly.only("AWS::ApiGateway::UsagePlan")
    _, binding = assembly.only("AWS::ApiGateway::UsagePlanKey")
    assert "Value" not in key
    assert (binding["KeyId"], binding["UsagePlanId"]) == ({"Ref": key_id}, {"Ref": plan_id})
    stage_id, _ = assembly.only(_STAGE)
    assert [s["Stage"] for s in plan["ApiStages"]] == [{"Ref": stage_id}]
    assert plan["Throttle"]["RateLimit"] > 0
    if assembly.stage != "local":
        assert plan["Quota"]["Period"] == "DAY"
        assert plan["Quota"]["Limit"] > 0
