"""What is kept: the table, the secrets, the logs."""

import itertools
from typing import Any

import pytest

from tests.infra.assembly import CONTEXTS, FUNCTIONS, Assembly, words

_STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
)


def _ledger(assembly: Assembly) -> dict[str, Any]:
    reference = assembly.function("verify")["Environment"]["Variables"]["TABLE_NAME"]["Ref"]
    return assembly.resources("AWS::DynamoDB::Table")[reference]


def test_the_ledger_is_keyed_streamed_and_forgets(assembly: Assembly) -> None:
    table = _ledger(assembly)
    assert table["KeySchema"] == [{"AttributeName": "verification_id", "KeyType": "HASH"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_what_is_overdue_is_found_without_a_scan_and_holds_nothing_biometric(
    assembly: Assembly,
) -> None:
    (index,) = _ledger(assembly)["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "overdue"
    assert index["KeySchema"] == [
        {"AttributeName": "sweep_shard", "KeyType": "HASH"},
        {"AttributeName": "deadline", "KeyType": "RANGE"},
    ]
    assert index["Projection"]["ProjectionType"] == "INCLUDE"
    assert set(index["Projection"]["NonKeyAttributes"]) == {"attempt", "expires_at", "status"}
    types = {
        a["AttributeName"]: a["AttributeType"] for a in _ledger(assembly)["AttributeDefinitions"]
    }
    assert types == {"verification_id": "S", "sweep_shard": "S", "deadline": "N"}


@pytest.mark.parametrize("name", ["prod", "bare"])
def test_prod_can_be_restored_and_is_not_deleted_by_accident(
    assemblies: dict[str, Assembly], name: str
) -> None:
    prod = assemblies[name]
    table = _ledger(prod)
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert prod.manifest["artifacts"][prod.stack_name]["properties"]["terminationProtection"]


def test_data_outlives_the_stack_in_prod_and_only_there(assembly: Assembly) -> None:
    breaker = assembly.function("verify")["Environment"]["Variables"]["BREAKER_TABLE_NAME"]["Ref"]
    wanted = "Retain" if assembly.stage == "prod" else "Delete"
    seen = 0
    for logical_id, resource in assembly.template["Resources"].items():
        if resource["Type"] in _STATEFUL and logical_id != breaker:
            assert resource["DeletionPolicy"] == wanted, logical_id
            assert resource["UpdateReplacePolicy"] == wanted, logical_id
            seen += 1
    assert seen >= 13


def test_no_deployment_can_overwrite_the_operators_secret(assembly: Assembly) -> None:
    variables = assembly.function("verify")["Environment"]["Variables"]
    secrets = assembly.resources("AWS::SecretsManager::Secret")
    upstream = secrets[variables["UPSTREAM_SECRET_ARN"]["Ref"]]
    assert not {"SecretString", "GenerateSecretString"} & set(upstream)
    fingerprint = secrets[variables["FINGERPRINT_SECRET_ARN"]["Ref"]]
    assert fingerprint["GenerateSecretString"]["PasswordLength"] == 64


def test_every_log_group_forgets(assembly: Assembly) -> None:
    days = {"local": 1, "dev": 7, "prod": 90}[assembly.stage]
    groups = assembly.resources("AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + 2
    assert all(group["RetentionInDays"] == days for group in groups.values())


def test_a_record_lives_at_least_as_long_as_an_idempotency_key(assembly: Assembly) -> None:
    assert int(assembly.function("verify")["Environment"]["Variables"]["RETENTION_HOURS"]) >= 24


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


def test_no_other_resource_has_a_name_we_chose(assembly: Assembly) -> None:
    for logical_id, resource in assembly.template["Resources"].items():
        named = {key for key in resource.get("Properties", {}) if key.endswith("Name")}
        foreign = {"StageName", "QueueName"} & named
        assert named - foreign <= {*_NAMES.get(resource["Type"], ()), *_NOT_PHYSICAL}, logical_id


def test_nothing_in_a_template_looks_like_a_value_of_a_secret(assembly: Assembly) -> None:
    assert not [word for word in words(assembly.template) if "app_key" in word and '"' in word]


def test_every_stage_was_asked_about() -> None:
    assert {context["stage"] for context in CONTEXTS.values()} == {"local", "dev", "prod"}


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
_NOT_PHYSICAL = ("MetricName", "PolicyName", "FunctionName")
