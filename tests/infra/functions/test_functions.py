"""Every function: its own zip, role and log group, and nothing it does not need."""

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly, as_list, words

_ITEM = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
_MAY = {
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


def _resource_ids(statement: dict[str, object]) -> set[str]:
    return set(words(statement["Resource"])) - {"Arn", "StreamArn", "", "/index/overdue"}


def test_there_are_ours_and_no_helper_of_the_cdk(assembly: Assembly) -> None:
    handlers = {f["Handler"] for f in assembly.resources("AWS::Lambda::Function").values()}
    assert handlers == {f"{name}.handler.handler" for name in FUNCTIONS}
    kinds = {resource["Type"] for resource in assembly.template["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_allows_exactly_what_the_function_does(assembly: Assembly, name: str) -> None:
    allowed = {
        action for statement in assembly.statements(name) for action in as_list(statement["Action"])
    }
    assert allowed == _MAY[name]
    assert all(statement["Effect"] == "Allow" for statement in assembly.statements(name))


def test_no_two_functions_share_a_role_or_a_log_group(assembly: Assembly) -> None:
    functions = [assembly.function(name) for name in FUNCTIONS]
    assert len({str(f["Role"]) for f in functions}) == len(FUNCTIONS)
    assert len({str(f["LoggingConfig"]["LogGroup"]) for f in functions}) == len(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_has_no_managed_policy(assembly: Assembly, name: str) -> None:
    role = assembly.resources("AWS::IAM::Role")[assembly.function(name)["Role"]["Fn::GetAtt"][0]]
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in role


def test_no_statement_names_a_wildcard_where_a_resource_can_be_named(assembly: Assembly) -> None:
    for policy in assembly.resources("AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert not [a for a in as_list(statement["Action"]) if "*" in a]
            stars = [word for word in words(statement["Resource"]) if "*" in word]
            # The streams of one table have no narrower name.
            listing = statement["Action"] == "dynamodb:ListStreams"
            assert stars == (["/stream/*"] if listing else [])


def test_a_function_writes_only_its_own_log(assembly: Assembly) -> None:
    for name in FUNCTIONS:
        own = assembly.function(name)["LoggingConfig"]["LogGroup"]["Ref"]
        (statement,) = (
            s for s in assembly.statements(name) if "logs:PutLogEvents" in as_list(s["Action"])
        )
        assert own in set(words(statement["Resource"]))
        assert len(as_list(statement["Resource"])) == 1


def test_only_verify_reads_secrets_and_only_ours(assembly: Assembly) -> None:
    secrets = set(assembly.resources("AWS::SecretsManager::Secret"))
    assert len(secrets) == 2
    readers = {
        name: _resource_ids(statement)
        for name in FUNCTIONS
        for statement in assembly.statements(name)
        if any(action.startswith("secretsmanager:") for action in as_list(statement["Action"]))
    }
    assert readers == {"verify": secrets}


def test_only_the_publisher_puts_events_and_only_on_our_bus(assembly: Assembly) -> None:
    putters = {
        name: _resource_ids(statement)
        for name in FUNCTIONS
        for statement in assembly.statements(name)
        if any(action.startswith("events:") for action in as_list(statement["Action"]))
    }
    assert putters == {"publish_events": set(assembly.resources("AWS::Events::EventBus"))}


def test_nobody_but_verify_gets_the_name_of_a_secret_or_of_upstream(assembly: Assembly) -> None:
    for name in set(FUNCTIONS) - {"verify"}:
        variables = assembly.function(name)["Environment"]["Variables"]
        assert not [key for key in variables if "SECRET" in key or "UPSTREAM" in key]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_variable_has_a_value(assembly: Assembly, name: str) -> None:
    variables = assembly.function(name)["Environment"]["Variables"]
    assert variables["STAGE"] == assembly.stage
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    assert all(variables.values())


def test_verify_gives_up_before_api_gateway_does(assembly: Assembly) -> None:
    assert assembly.function("verify")["Timeout"] == 28


def test_the_cloud_runs_the_newest_arm_runtime(assemblies: dict[str, Assembly]) -> None:
    for name in ("dev", "prod"):
        for function in assemblies[name].resources("AWS::Lambda::Function").values():
            assert function["Architectures"] == ["arm64"]
            assert function["Runtime"] == "python3.14"


def test_prod_bounds_how_many_verifications_run_at_once(prod: Assembly) -> None:
    assert prod.function("verify")["ReservedConcurrentExecutions"] == 50


def test_debug_logs_are_not_written_in_prod(prod: Assembly) -> None:
    levels = {
        prod.function(name)["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"]
        for name in FUNCTIONS
    }
    assert levels == {"INFO"}


def test_sweep_runs_every_five_minutes(assembly: Assembly) -> None:
    (rule,) = assembly.resources("AWS::Events::Rule").values()
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert rule["State"] == "ENABLED"
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [assembly.function_id("sweep"), "Arn"]}
