"""Each function has its own role and log group, the permissions it needs, and its trigger."""

import json

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly, words

_ITEM = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
_SECRET = {"secretsmanager:GetSecretValue"}
# What each function may do by resource, in addition to writing its own log.
_ALLOWED = {
    "verify": {
        "table": _ITEM,
        "breaker": _ITEM,
        "budgets": {"dynamodb:UpdateItem"},
        "emergency queue": {"sqs:SendMessage"},
        "upstream secret": _SECRET,
        "fingerprint secret": _SECRET,
    },
    "results": {"table": {"dynamodb:GetItem"}},
    "publish_events": {
        "bus": {"events:PutEvents"},
        "dead letters": {"sqs:SendMessage"},
        "table StreamArn": {
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        },
        # IAM has no narrower resource for it.
        "*": {"dynamodb:ListStreams"},
    },
    "sweep": {
        "table /index/overdue": {"dynamodb:Query"},
        "table": {"dynamodb:UpdateItem"},
    },
    "recover": {
        "table": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "emergency queue": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    },
}


def _names(assembly: Assembly, function: str) -> dict[str, str]:
    """The names that `_ALLOWED` uses, by logical id."""
    return {
        assembly.function(function)["LoggingConfig"]["LogGroup"]["Ref"]: "own log",
        assembly.named_by("verify", "TABLE_NAME"): "table",
        assembly.named_by("verify", "BREAKER_TABLE_NAME"): "breaker",
        assembly.named_by("verify", "BUDGET_TABLE_NAME"): "budgets",
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
    allowed: dict[str, set[str]] = {}
    for policy in assembly.policies(name).values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            resources = statement["Resource"]
            for resource in resources if isinstance(resources, list) else [resources]:
                parts = [names.get(word, word) for word in words(resource)]
                where = " ".join(part for part in parts if part not in ("", "Arn"))
                allowed.setdefault(where, set()).update(words(statement["Action"]))
    assert allowed == {"own log": _LOG, **_ALLOWED[name]}
    assert assembly.variables(name)["POWERTOOLS_SERVICE_NAME"] == name
    role = assembly.resources("AWS::IAM::Role")[assembly.role_id(name)]
    assert not {"ManagedPolicyArns", "Policies"} & set(role)


def test_no_two_functions_share_a_role_or_a_log_group(assembly: Assembly) -> None:
    functions = [assembly.function(name) for name in FUNCTIONS]
    assert len({str(f["Role"]) for f in functions}) == len(FUNCTIONS)
    assert len({str(f["LoggingConfig"]["LogGroup"]) for f in functions}) == len(FUNCTIONS)
    ours = {policy for name in FUNCTIONS for policy in assembly.policies(name)}
    assert set(assembly.resources("AWS::IAM::Policy")) == ours


def test_nothing_is_reserved_of_the_accounts_concurrency(assembly: Assembly) -> None:
    """A new account's quota is small, and Lambda keeps a part of it unreserved."""
    for name in FUNCTIONS:
        assert "ReservedConcurrentExecutions" not in assembly.function(name)


def test_prod_writes_no_debug_logs(prod: Assembly) -> None:
    levels = {prod.variables(name)["POWERTOOLS_LOG_LEVEL"] for name in FUNCTIONS}
    assert levels == {"INFO"}


def test_a_terminal_version_triggers_the_publisher_or_is_kept(assembly: Assembly) -> None:
    mapping = assembly.mapping("publish_events")
    (pattern,) = (json.loads(f["Pattern"]) for f in mapping["FilterCriteria"]["Filters"])
    assert pattern["eventName"] == ["INSERT", "MODIFY"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    # Age bounds the tries: 50 of them may pass in minutes.
    assert "MaximumRetryAttempts" not in mapping
    # The stream keeps a record for 24 hours.
    assert 0 < mapping["MaximumRecordAgeInSeconds"] <= 12 * 3600
    own = assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL")
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [own, "Arn"]}


@pytest.mark.parametrize("name", ["publish_events", "recover"])
def test_nothing_is_read_before_the_role_may(assembly: Assembly, name: str) -> None:
    function = {"Ref": assembly.function_id(name)}
    mapping_id, _ = assembly.only("AWS::Lambda::EventSourceMapping", FunctionName=function)
    policies = set(assembly.policies(name))
    assert policies
    assert {assembly.role_id(name), *policies} <= assembly.depends_on(mapping_id)


def test_kept_results_trigger_recover_and_every_five_minutes_sweep(assembly: Assembly) -> None:
    emergency = assembly.named_by("verify", "EMERGENCY_QUEUE_URL")
    assert assembly.mapping("recover")["EventSourceArn"] == {"Fn::GetAtt": [emergency, "Arn"]}
    _, rule = assembly.only("AWS::Events::Rule", ScheduleExpression="rate(5 minutes)")
    assert rule["State"] == "ENABLED"
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [assembly.function_id("sweep"), "Arn"]}


def test_the_sweep_is_not_retried_for_it_comes_again(assembly: Assembly) -> None:
    _, rule = assembly.only("AWS::Events::Rule", ScheduleExpression="rate(5 minutes)")
    assert rule["Targets"][0]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    sweep = {"Ref": assembly.function_id("sweep")}
    _, config = assembly.only("AWS::Lambda::EventInvokeConfig", FunctionName=sweep)
    assert config["MaximumRetryAttempts"] == 0
