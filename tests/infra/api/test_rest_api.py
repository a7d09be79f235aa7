"""The REST API and its stage: limits, logs, the first client."""

import json
import re
from typing import Any

import botocore.session

from tests.infra.assembly import Assembly, words

_STAGE = "AWS::ApiGateway::Stage"


def test_it_is_regional_and_takes_multipart_as_bytes(assembly: Assembly) -> None:
    _, api = assembly.only("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api["BinaryMediaTypes"] == ["multipart/form-data"]


def test_every_method_is_throttled_and_none_traces_bodies(assembly: Assembly) -> None:
    _, stage = assembly.only(_STAGE)
    settings = {s["ResourcePath"]: s for s in stage["MethodSettings"]}
    assert settings["/*"]["HttpMethod"] == "*"
    for setting in settings.values():
        assert 0 < setting["ThrottlingRateLimit"] <= 1000
        assert 0 < setting["ThrottlingBurstLimit"] <= 2000
        assert setting["DataTraceEnabled"] is False
        assert setting["LoggingLevel"] == "ERROR"
    if assembly.stage == "prod":
        assert settings["/*"]["ThrottlingRateLimit"] == 25
        assert settings["/~1v1~1health"]["ThrottlingRateLimit"] <= 10


def test_access_logs_hold_ids_and_times_but_nothing_a_client_sent(assembly: Assembly) -> None:
    _, stage = assembly.only(_STAGE)
    setting = stage["AccessLogSetting"]
    sources = set(json.loads(setting["Format"]).values())
    for needed in ("requestId", "extendedRequestId", "integration.latency", "identity.apiKeyId"):
        assert f"$context.{needed}" in sources
    assert all(re.fullmatch(r"\$context\.[A-Za-z.]+", source) for source in sources)
    assert "$context.identity.apiKey" not in sources
    groups = assembly.resources("AWS::Logs::LogGroup")
    assert set(words(setting["DestinationArn"])) & set(groups)


def test_the_stage_waits_for_its_log_group_and_log_role(assembly: Assembly) -> None:
    stage_id, _ = assembly.only(_STAGE)
    api_id, _ = assembly.only("AWS::ApiGateway::RestApi")
    name = ["API-Gateway-Execution-Logs_", {"Ref": api_id}, f"/{assembly.stage}"]
    group_id, _ = assembly.only("AWS::Logs::LogGroup", LogGroupName={"Fn::Join": ["", name]})
    account_id, account = assembly.only("AWS::ApiGateway::Account")
    assert {group_id, account_id} <= assembly.depends_on(stage_id)
    # The setting is the account's: another stage may need it when this stack is deleted.
    for logical_id in (account_id, account["CloudWatchRoleArn"]["Fn::GetAtt"][0]):
        assert assembly.template["Resources"][logical_id]["DeletionPolicy"] == "Retain"


def test_the_key_is_bound_to_a_plan_of_this_stage(assembly: Assembly) -> None:
    key_id, key = assembly.only("AWS::ApiGateway::ApiKey")
    assert "Value" not in key
    stage_id, _ = assembly.only(_STAGE)
    plan_id, plan = assembly.only("AWS::ApiGateway::UsagePlan")
    assembly.only(
        "AWS::ApiGateway::UsagePlanKey", KeyId={"Ref": key_id}, UsagePlanId={"Ref": plan_id}
    )
    assert [s["Stage"] for s in plan["ApiStages"]] == [{"Ref": stage_id}]
    assert plan["Throttle"]["RateLimit"] > 0
    if assembly.stage != "local":
        assert plan["Quota"]["Period"] == "DAY"
        assert plan["Quota"]["Limit"] > 0


def test_only_tls_1_3_is_spoken_in_the_cloud(assembly: Assembly) -> None:
    """Source: API Gateway's documents on security policies; the names are botocore's own."""
    _, api = assembly.only("AWS::ApiGateway::RestApi")
    model = botocore.session.get_session().get_service_model("apigateway")
    if assembly.stage == "local":
        assert "SecurityPolicy" not in api
        return
    assert api["SecurityPolicy"] == "SecurityPolicy_TLS13_1_3_2025_09"
    known: Any = model.shape_for("SecurityPolicy")
    assert api["SecurityPolicy"] in known.enum
    assert api["EndpointAccessMode"] == "STRICT"


def test_the_address_in_the_outputs_has_no_slash_at_its_end(assembly: Assembly) -> None:
    end = "AWS::ApiGateway::DomainName" if assembly.name == "prod" else "AWS::ApiGateway::Stage"
    parts = assembly.template["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1]
    assert parts[-1] == {"Ref": assembly.only(end)[0]}
