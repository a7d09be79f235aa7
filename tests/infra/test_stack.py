"""Tags and names of the stack."""

from cli.ready import BOOTSTRAP_VERSION
from tests.infra.assembly import CONTEXTS, Assembly

# CloudFormation names everything else, so that a retained resource never blocks a new stack.
_NAMED = {
    "AWS::Lambda::Function",
    "AWS::Events::EventBus",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::Stage",
}
_NOT_PHYSICAL = {"MetricName", "PolicyName"}


def test_resources_are_tagged(assembly: Assembly) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi"):
        for resource in assembly.resources(kind).values():
            tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            assert tags == {"application": "liveness-gateway", "stage": assembly.stage}


def test_few_resources_have_a_fixed_name_and_each_has_the_stage_in_it(assembly: Assembly) -> None:
    fixed = [
        (resource["Type"], value)
        for resource in assembly.template["Resources"].values()
        for key, value in resource.get("Properties", {}).items()
        if key.endswith("Name")
        and key not in _NOT_PHYSICAL
        and isinstance(value, str)
        and value != CONTEXTS[assembly.name].get("domain")  # the operator's own
    ]
    in_cloud = set() if assembly.stage == "local" else {"AWS::CloudWatch::Dashboard"}
    assert {kind for kind, _ in fixed} == _NAMED | in_cloud
    assert all(assembly.stage in name.split("-") for _, name in fixed), fixed


def test_the_bootstrap_that_make_ready_wants_is_what_the_template_asks_for(prod: Assembly) -> None:
    """The rule names the versions that are too old."""
    (assertion,) = prod.template["Rules"]["CheckBootstrapVersion"]["Assertions"]
    too_old, _ = assertion["Assert"]["Fn::Not"][0]["Fn::Contains"]
    assert too_old == [str(version) for version in range(1, BOOTSTRAP_VERSION)]
