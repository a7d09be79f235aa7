"""What triggers the functions that no request triggers."""

import json

import pytest

from tests.infra.assembly import Assembly


def test_terminal_versions_trigger_the_publisher(assembly: Assembly) -> None:
    mapping = assembly.mapping("publish_events")
    (pattern,) = (json.loads(f["Pattern"]) for f in mapping["FilterCriteria"]["Filters"])
    assert pattern["eventName"] == ["INSERT", "MODIFY"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_a_failing_record_is_isolated_retried_and_then_kept(assembly: Assembly) -> None:
    mapping = assembly.mapping("publish_events")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 100
    # The stream keeps a record for 24 hours.
    assert 0 < mapping["MaximumRecordAgeInSeconds"] <= 12 * 3600
    own = assembly.named_by("publish_events", "DEAD_LETTER_QUEUE_URL")
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [own, "Arn"]}


@pytest.mark.parametrize("name", ["publish_events", "recover"])
def test_nothing_is_read_before_the_role_may(assembly: Assembly, name: str) -> None:
    policies = set(assembly.policies(name))
    assert policies
    assert {assembly.role_id(name), *policies} <= assembly.depends_on(assembly.mapping_id(name))


def test_messages_of_the_emergency_queue_trigger_recover(assembly: Assembly) -> None:
    emergency = assembly.named_by("verify", "EMERGENCY_QUEUE_URL")
    assert assembly.mapping("recover")["EventSourceArn"] == {"Fn::GetAtt": [emergency, "Arn"]}


def test_sweep_runs_every_five_minutes(assembly: Assembly) -> None:
    _, rule = assembly.only("AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert rule["State"] == "ENABLED"
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [assembly.function_id("sweep"), "Arn"]}
