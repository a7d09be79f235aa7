"""Every function has its own zip, role and log group, and only the permissions it needs."""

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly, as_list, words

_ITEM = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
_SECRET = {"secretsmanager:GetSecretValue"}
# What each function may do, by resource.
_ALLOWED = {
    "verify": {
        "own log": _LOG,
        "table": _ITEM,
        "breaker": _ITEM,
        "emergency queue": {"sqs:SendMessage"},
        "upstream secret": _SECRET,
        "fingerprint secret": _SECRET,
    },
    "results": {"own log": _LOG, "table": {"dynamodb:GetItem"}},
    "publish_events": {
        "own log": _LOG,
        "bus": {"events:PutEvents"},
        "dead letters": {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"},
        "table StreamArn": {
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        },
        # IAM has no narrower resource for the streams of one table.
        "table /stream/*": {"dynamodb:ListStreams"},
    },
    "sweep": {
        "own log": _LOG,
        "table /index/overdue": {"dynamodb:Query"},
        "table": {"dynamodb:UpdateItem"},
    },
    "recover": {
        "own log": _LOG,
        "table": {"dynamodb:UpdateItem"},
        "emergency queue": {
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        },
    },
}


def _names(assembly: Assembly, function: str) -> dict[str, str]:
    """The names that `_ALLOWED` uses, by logical id."""
    return {
        assembly.function(function)["LoggingConfig"]["LogGroup"]["Ref"]: "own log",
        assembly.named_by("verify", "TABLE_NAME"): "table",
        assembly.named_by("verify", "BREAKER_TABLE_NAME"): "breaker",
        assembly.named_by("verify", "EMERGENCY_QUEUE_URL"): "emergency queue",
        assembly.named_by("verify", "UPSTREAM_SECRET_ARN"): "upstream secret",
        assembly.named_by("verify", "FINGERPRINT_SECRET_ARN"): "fingerprint secret",
        assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL"): "dead letters",
        assembly.named_by("publish_events", "EVENT_BUS_NAME"): "bus",
    }


def test_no_function_of_the_cdk_is_deployed_beside_ours(assembly: Assembly) -> None:
    handlers = {f["Handler"] for f in assembly.resources("AWS::Lambda::Function").values()}
    assert handlers == {f"{name}.handler.handler" for name in FUNCTIONS}
    kinds = {resource["Type"] for resource in assembly.template["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_allows_exactly_what_the_function_does(assembly: Assembly, name: str) -> None:
    names = _names(assembly, name)
    assert len(names) == 8
    allowed: dict[str, set[str]] = {}
    for policy in assembly.policies(name).values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            for resource in as_list(statement["Resource"]):
                parts = [names.get(word, word) for word in words(resource)]
                where = " ".join(part for part in parts if part not in ("", "Arn"))
                allowed.setdefault(where, set()).update(as_list(statement["Action"]))
    assert allowed == _ALLOWED[name]
    role = assembly.resources("AWS::IAM::Role")[assembly.role_id(name)]
    assert not {"ManagedPolicyArns", "Policies"} & set(role)


def test_only_the_functions_roles_have_policies(assembly: Assembly) -> None:
    ours = {policy for name in FUNCTIONS for policy in assembly.policies(name)}
    assert set(assembly.resources("AWS::IAM::Policy")) == ours


def test_no_two_functions_share_a_role_or_a_log_group(assembly: Assembly) -> None:
    functions = [assembly.function(name) for name in FUNCTIONS]
    assert len({str(f["Role"]) for f in functions}) == len(FUNCTIONS)
    assert len({str(f["LoggingConfig"]["LogGroup"]) for f in functions}) == len(FUNCTIONS)


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
