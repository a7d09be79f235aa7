"""Every function has its own zip, role and log group, and only the permissions it needs."""

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly, as_list, words

_ITEM = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
_ALLOWED = {
    "verify": {*_LOG, *_ITEM, "secretsmanager:GetSecretValue", "sqs:SendMessage"},
    "results": {*_LOG, "dynamodb:GetItem"},
    "publish_events": {
        *_LOG,
        "events:PutEvents",
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:SendMessage",
    },
    "sweep": {*_LOG, "dynamodb:Query", "dynamodb:UpdateItem"},
    "recover": {
        *_LOG,
        "dynamodb:UpdateItem",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    },
}


def _resources_of(assembly: Assembly, service: str) -> dict[str, set[str]]:
    """For each function that may use `service`: the logical ids of what it may use."""
    used = {
        name: {
            word
            for statement in assembly.statements(name)
            if any(action.startswith(service) for action in as_list(statement["Action"]))
            for word in words(statement["Resource"])
        }
        for name in FUNCTIONS
    }
    return {name: found - {"Arn"} for name, found in used.items() if found}


def test_no_function_of_the_cdk_is_deployed_beside_ours(assembly: Assembly) -> None:
    handlers = {f["Handler"] for f in assembly.resources("AWS::Lambda::Function").values()}
    assert handlers == {f"{name}.handler.handler" for name in FUNCTIONS}
    kinds = {resource["Type"] for resource in assembly.template["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_allows_exactly_what_the_function_does(assembly: Assembly, name: str) -> None:
    statements = assembly.statements(name)
    actions = {action for statement in statements for action in as_list(statement["Action"])}
    assert actions == _ALLOWED[name]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    role = assembly.resources("AWS::IAM::Role")[assembly.role_id(name)]
    assert not {"ManagedPolicyArns", "Policies"} & set(role)


def test_no_two_functions_share_a_role_or_a_log_group(assembly: Assembly) -> None:
    functions = [assembly.function(name) for name in FUNCTIONS]
    assert len({str(f["Role"]) for f in functions}) == len(FUNCTIONS)
    assert len({str(f["LoggingConfig"]["LogGroup"]) for f in functions}) == len(FUNCTIONS)


def test_no_statement_names_a_wildcard_where_a_resource_can_be_named(assembly: Assembly) -> None:
    for policy in assembly.resources("AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert not [a for a in as_list(statement["Action"]) if "*" in a]
            stars = [word for word in words(statement["Resource"]) if "*" in word]
            # IAM has no narrower resource for the streams of one table.
            listing = statement["Action"] == "dynamodb:ListStreams"
            assert stars == (["/stream/*"] if listing else [])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_only_its_own_log(assembly: Assembly, name: str) -> None:
    own = assembly.function(name)["LoggingConfig"]["LogGroup"]["Ref"]
    (statement,) = (
        s for s in assembly.statements(name) if "logs:PutLogEvents" in as_list(s["Action"])
    )
    assert own in set(words(statement["Resource"]))
    assert len(as_list(statement["Resource"])) == 1


def test_only_verify_reads_secrets_and_only_ours(assembly: Assembly) -> None:
    secrets = set(assembly.resources("AWS::SecretsManager::Secret"))
    assert len(secrets) == 2
    assert _resources_of(assembly, "secretsmanager:") == {"verify": secrets}


def test_only_the_publisher_puts_events_and_only_on_our_bus(assembly: Assembly) -> None:
    bus, _ = assembly.only("AWS::Events::EventBus")
    assert _resources_of(assembly, "events:") == {"publish_events": {bus}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_verify_is_told_of_the_secrets_and_the_liveness_api(
    assembly: Assembly, name: str
) -> None:
    variables = assembly.variables(name)
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    secret = [key for key in variables if "SECRET" in key or "UPSTREAM" in key]
    assert bool(secret) is (name == "verify")


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_cloud_runs_the_newest_arm_runtime(assemblies: dict[str, Assembly], name: str) -> None:
    for function in assemblies[name].resources("AWS::Lambda::Function").values():
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.14"


def test_prod_bounds_concurrency_and_writes_no_debug_logs(prod: Assembly) -> None:
    assert prod.function("verify")["ReservedConcurrentExecutions"] == 50
    levels = {prod.variables(name)["POWERTOOLS_LOG_LEVEL"] for name in FUNCTIONS}
    assert levels == {"INFO"}
