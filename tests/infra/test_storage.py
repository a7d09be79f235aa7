"""The tables, the secrets, the log groups and the queues."""

from typing import Any

from tests.infra.assembly import FUNCTIONS, Assembly, words

_STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
)


def test_records_expire_and_the_index_holds_nothing_biometric(assembly: Assembly) -> None:
    tables = assembly.resources("AWS::DynamoDB::Table")
    table = tables[assembly.named_by("verify", "TABLE_NAME")]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"]["Enabled"] is True
    # As long as an Idempotency-Key is recognised.
    assert int(assembly.variables("verify")["RETENTION_HOURS"]) >= 24
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["Projection"]["ProjectionType"] == "INCLUDE"
    assert set(index["Projection"]["NonKeyAttributes"]) == {"attempt", "expires_at", "status"}


def test_data_is_protected_in_prod_and_only_there(assembly: Assembly) -> None:
    in_prod = assembly.stage == "prod"
    artifacts = assembly.read("manifest.json")["artifacts"]
    assert artifacts[assembly.stack_name]["properties"]["terminationProtection"] is in_prod
    tables = assembly.resources("AWS::DynamoDB::Table")
    table = tables[assembly.named_by("verify", "TABLE_NAME")]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": in_prod}
    assert table["DeletionProtectionEnabled"] is in_prod
    short_lived = {
        assembly.named_by("verify", name) for name in ("BREAKER_TABLE_NAME", "BUDGET_TABLE_NAME")
    }
    # A first deployment that fails leaves nothing behind.
    wanted = ("RetainExceptOnCreate", "Retain") if in_prod else ("Delete", "Delete")
    stateful = {
        logical_id: (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for logical_id, resource in assembly.template["Resources"].items()
        if resource["Type"] in _STATEFUL and logical_id not in short_lived
    }
    assert len(stateful) >= 13
    assert set(stateful.values()) == {wanted}, stateful


def test_no_deployment_can_overwrite_the_operators_secret(assembly: Assembly) -> None:
    secrets = assembly.resources("AWS::SecretsManager::Secret")
    upstream = secrets[assembly.named_by("verify", "UPSTREAM_SECRET_ARN")]
    assert not {"SecretString", "GenerateSecretString"} & set(upstream)
    fingerprint = secrets[assembly.named_by("verify", "FINGERPRINT_SECRET_ARN")]
    assert "GenerateSecretString" in fingerprint
    # Nor is the value of a secret anywhere else in the template.
    assert not [word for word in words(assembly.template) if "app_key" in word and '"' in word]


def test_every_log_group_expires(assembly: Assembly) -> None:
    days = {"local": 1, "dev": 7, "prod": 90}[assembly.stage]
    groups = assembly.resources("AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + 2
    assert all(group["RetentionInDays"] == days for group in groups.values())


def test_every_queue_is_encrypted_and_keeps_messages_for_14_days(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue").values()
    assert len(queues) == 3
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues)
    assert all(queue["MessageRetentionPeriod"] == 14 * 24 * 3600 for queue in queues)


def _statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in policy["Statement"] if "Sid" in statement}


def test_queues_and_bus_name_who_sends(assembly: Assembly) -> None:
    """AWS's policy evaluation: an explicit Deny wins, so nobody of another account ever sends."""
    condition = {"StringNotEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
    senders = {
        assembly.named_by("verify", "EMERGENCY_QUEUE_URL"): "verify",
        assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL"): "publish_events",
    }
    policies = assembly.resources("AWS::SQS::QueuePolicy").values()
    for queue, function in senders.items():
        (policy,) = [
            each["PolicyDocument"] for each in policies if {"Ref": queue} in each["Queues"]
        ]
        named = _statements(policy)
        assert named["Sender"]["Principal"] == {
            "AWS": {"Fn::GetAtt": [assembly.role_id(function), "Arn"]}
        }
        assert named["Sender"]["Action"] == named["NobodyElse"]["Action"] == "sqs:SendMessage"
        assert named["NobodyElse"]["Effect"] == "Deny"
        assert named["NobodyElse"]["Principal"] == {"AWS": "*"}
        assert named["NobodyElse"]["Condition"] == condition
    _, bus = assembly.only("AWS::Events::EventBus")
    named = _statements(bus["Policy"])
    assert named["Publisher"]["Principal"] == {
        "AWS": {"Fn::GetAtt": [assembly.role_id("publish_events"), "Arn"]}
    }
    assert named["NobodyElse"]["Condition"] == condition
    assert {each["Action"] for each in named.values()} == {"events:PutEvents"}


def test_a_result_that_cannot_be_stored_ends_in_a_queue_of_its_own(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    emergency = assembly.named_by("verify", "EMERGENCY_QUEUE_URL")
    target = queues[emergency]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    dead_letters = assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL")
    assert queues.keys() == {emergency, target, dead_letters}
