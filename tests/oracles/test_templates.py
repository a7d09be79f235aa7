"""The oracles find nothing in the template of `prod`, and each kind of mistake in a changed one."""

import copy
import json
from typing import Any

import pytest

from tests.infra.assembly import Assembly
from tests.oracles.account import Account
from tests.oracles.lint import lint
from tests.oracles.models.properties import examine

# A resource type, the path of one of its properties, a wrong value, and what is then said.
WRONG = [
    ("AWS::Lambda::Function", "Runtime", "python3.99", "'python3.99' is none of"),
    ("AWS::Lambda::Function", "Architectures", ["arm65"], "'arm65' is none of"),
    ("AWS::Lambda::Function", "Timeout", 0, "at least 1"),
    ("AWS::Lambda::Function", "MemorySize", 64, "at least 128"),
    ("AWS::Lambda::Function", "MemorySise", 512, "no such member"),
    ("AWS::Lambda::Function", "Handler", "a b", "does not match"),
    ("AWS::Lambda::Function", "Environment", "TEXT", "a structure is needed"),
    ("AWS::Lambda::EventSourceMapping", "StartingPosition", "BEGINNING", "none of"),
    ("AWS::Lambda::EventSourceMapping", "BatchSize", "many", "no number"),
    ("AWS::Lambda::EventSourceMapping", "BisectBatchOnFunctionError", "perhaps", "no boolean"),
    ("AWS::ApiGateway::RestApi", "EndpointConfiguration", {"Types": ["LOCAL"]}, "none of"),
    ("AWS::ApiGateway::Method", "Integration", {"Type": "AWS-PROXY"}, "none of"),
    ("AWS::ApiGateway::GatewayResponse", "ResponseType", "TEAPOT", "none of"),
    ("AWS::DynamoDB::Table", "BillingMode", "FREE", "none of"),
    ("AWS::SQS::Queue", "VisibilityTimeOut", 30, "no such member"),
    ("AWS::Events::Rule", "Targets", [{"Arn": "arn:aws:sqs:eu-central-1:1:q"}], "Id is missing"),
    ("AWS::CloudWatch::Alarm", "ComparisonOperator", "Above", "none of"),
    ("AWS::CloudWatch::Alarm", "AlarmDescription", "a" * 1025, "at most 1024"),
    ("AWS::CloudWatch::Alarm", "EvaluationPeriods", 1.5, "no whole number"),
    ("AWS::Logs::LogGroup", "LogGroupName", "a name", "does not match"),
    ("AWS::IAM::Role", "Description", 7, "no text"),
]


def changed(assembly: Assembly, resource_type: str, name: str, value: object) -> dict[str, Any]:
    template = copy.deepcopy(assembly.template)
    resources = template["Resources"].values()
    resource = next(one for one in resources if one["Type"] == resource_type)
    resource.setdefault("Properties", {})[name] = value
    return template


def test_the_models_have_every_property(assembly: Assembly) -> None:
    examined = examine(Account(assembly.template, assembly.stack_name))
    assert not examined.faults
    assert examined.checked > 1000
    assert all("MethodSettings[]" in path for path in examined.skipped)


@pytest.mark.parametrize(("resource_type", "name", "value", "said"), WRONG)
def test_the_models_refuse_a_wrong_property(
    prod: Assembly, resource_type: str, name: str, value: object, said: str
) -> None:
    template = changed(prod, resource_type, name, value)
    faults = examine(Account(template, prod.stack_name)).faults
    assert any(said in fault for fault in faults), faults


def test_a_resource_type_without_a_model_is_a_fault(prod: Assembly) -> None:
    template = copy.deepcopy(prod.template)
    template["Resources"]["Other"] = {"Type": "AWS::Other::Thing"}
    (fault,) = examine(Account(template, prod.stack_name)).faults
    assert fault == "Other: no model is named for AWS::Other::Thing"


def test_the_linter_finds_what_no_region_takes(
    prod: Assembly,
) -> None:
    assert not lint(json.dumps(prod.template))
    template = changed(prod, "AWS::Lambda::Function", "Runtime", "python3.99")
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Logs::LogGroup":
            resource["Properties"]["RetentionInDays"] = 8
    found = " ".join(lint(json.dumps(template)))
    assert "python3.99" in found
    assert "RetentionInDays" in found


def test_the_linter_finds_an_action_on_a_resource_of_another_kind(prod: Assembly) -> None:
    template = copy.deepcopy(prod.template)
    (policy,) = (template["Resources"][name]["Properties"] for name in prod.policies("results"))
    for statement in policy["PolicyDocument"]["Statement"]:
        statement["Resource"] = "arn:aws:sqs:eu-central-1:123456789012:queue"
    assert any("'dynamodb:GetItem' requires" in fault for fault in lint(json.dumps(template)))
