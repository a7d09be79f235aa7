"""Outputs, tags and names of the stack."""

import itertools

from tests.infra.assembly import CONTEXTS, Assembly

# CloudFormation names everything else, so that a retained resource never blocks a new stack.
_NAMES = {
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::ApiGateway::RestApi": ("Name",),
    "AWS::ApiGateway::ApiKey": ("Name",),
    "AWS::ApiGateway::UsagePlan": ("UsagePlanName",),
    "AWS::ApiGateway::Stage": ("StageName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
}
_OUTPUTS = """
AlarmTopicArn ApiId ApiKeyId ApiStage ApiUrl EventBusName TableName UpstreamSecretArn UsagePlanId
DeadLetterQueueUrl EmergencyDeadLetterQueueUrl EmergencyQueueUrl
PublishEventsFunctionName RecoverFunctionName ResultsFunctionName SweepFunctionName
VerifyFunctionName
"""
_NOT_PHYSICAL = ("MetricName", "PolicyName", "FunctionName")


def test_the_outputs_are_what_an_operator_needs(assembly: Assembly) -> None:
    assert set(assembly.template["Outputs"]) == set(_OUTPUTS.split())


def test_resources_are_tagged(assembly: Assembly) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi"):
        for resource in assembly.resources(kind).values():
            tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            assert tags == {"application": "liveness-gateway", "stage": assembly.stage}


def test_names_of_stages_do_not_collide(assemblies: dict[str, Assembly]) -> None:
    chosen = {
        name: {
            value
            for resource in assemblies[name].template["Resources"].values()
            for key, value in resource.get("Properties", {}).items()
            if key in _NAMES.get(resource["Type"], ()) and isinstance(value, str)
        }
        for name in ("local", "dev", "prod")
    }
    for name, names in chosen.items():
        assert len(names) == 8
        assert all(name in each for each in names)
    for one, other in itertools.combinations(chosen, 2):
        assert not chosen[one] & chosen[other]


def test_no_other_resource_has_a_fixed_name(assembly: Assembly) -> None:
    for logical_id, resource in assembly.template["Resources"].items():
        named = {key for key in resource.get("Properties", {}) if key.endswith("Name")}
        foreign = {"StageName", "QueueName"} & named
        assert named - foreign <= {*_NAMES.get(resource["Type"], ()), *_NOT_PHYSICAL}, logical_id


def test_every_stage_is_synthesised() -> None:
    assert {context["stage"] for context in CONTEXTS.values()} == {"local", "dev", "prod"}
