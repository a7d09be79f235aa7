"""The tables, the secrets and the log groups."""

from typing import Any

import pytest

from tests.infra.assembly import FUNCTIONS, Assembly, words

_STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
)


def _ledger(assembly: Assembly) -> dict[str, Any]:
    return assembly.resources("AWS::DynamoDB::Table")[assembly.named_by("verify", "TABLE_NAME")]


def test_records_are_paid_per_request_and_expire(assembly: Assembly) -> None:
    table = _ledger(assembly)
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"]["Enabled"] is True


def test_nothing_biometric_is_in_the_index_of_overdue_records(assembly: Assembly) -> None:
    (index,) = _ledger(assembly)["GlobalSecondaryIndexes"]
    assert [key["KeyType"] for key in index["KeySchema"]] == ["HASH", "RANGE"]
    assert index["Projection"]["ProjectionType"] == "INCLUDE"
    assert set(index["Projection"]["NonKeyAttributes"]) == {"attempt", "expires_at", "status"}


@pytest.mark.parametrize("name", ["prod", "bare"])
def test_prod_can_be_restored_and_is_not_deleted_by_accident(
    assemblies: dict[str, Assembly], name: str
) -> None:
    prod = assemblies[name]
    table = _ledger(prod)
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    artifacts = prod.read("manifest.json")["artifacts"]
    assert artifacts[prod.stack_name]["properties"]["terminationProtection"]


def test_data_is_retained_in_prod_and_only_there(assembly: Assembly) -> None:
    breaker = assembly.named_by("verify", "BREAKER_TABLE_NAME")
    wanted = "Retain" if assembly.stage == "prod" else "Delete"
    seen = 0
    for logical_id, resource in assembly.template["Resources"].items():
        if resource["Type"] in _STATEFUL and logical_id != breaker:
            assert resource["DeletionPolicy"] == wanted, logical_id
            assert resource["UpdateReplacePolicy"] == wanted, logical_id
            seen += 1
    assert seen >= 13


def test_no_deployment_can_overwrite_the_operators_secret(assembly: Assembly) -> None:
    secrets = assembly.resources("AWS::SecretsManager::Secret")
    upstream = secrets[assembly.named_by("verify", "UPSTREAM_SECRET_ARN")]
    assert not {"SecretString", "GenerateSecretString"} & set(upstream)
    fingerprint = secrets[assembly.named_by("verify", "FINGERPRINT_SECRET_ARN")]
    assert "GenerateSecretString" in fingerprint


def test_every_log_group_expires(assembly: Assembly) -> None:
    days = {"local": 1, "dev": 7, "prod": 90}[assembly.stage]
    groups = assembly.resources("AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + 2
    assert all(group["RetentionInDays"] == days for group in groups.values())


def test_a_record_is_kept_at_least_as_long_as_an_idempotency_key(assembly: Assembly) -> None:
    assert int(assembly.variables("verify")["RETENTION_HOURS"]) >= 24


def test_nothing_in_a_template_looks_like_a_value_of_a_secret(assembly: Assembly) -> None:
    assert not [word for word in words(assembly.template) if "app_key" in word and '"' in word]
