"""The bus: each entry has its own answer."""

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.publishing import event_of
from tests.adapters.aws_endpoint import (
    CUT,
    DENIED,
    HANGS,
    IMPATIENT,
    LOST,
    SERVER_ERROR,
    THROTTLED,
    AwsEndpoint,
    Fault,
)
from tests.samples import NOON, claim

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


@pytest.fixture
def client(aws: AwsEndpoint) -> "EventBridgeClient":
    events: EventBridgeClient = aws.client("events")
    return events


@pytest.fixture
def bus_name(client: "EventBridgeClient") -> str:
    name = f"bus-{uuid.uuid4().hex}"
    client.create_event_bus(Name=name)
    return name


def events(count: int) -> list[dict[str, str]]:
    made = (replace(claim(), status=Status.UNKNOWN, ended_at=NOON) for _ in range(count))
    return [event_of(one, "dev") for one in made]


def test_each_entry_has_its_own_answer(
    aws: AwsEndpoint, client: "EventBridgeClient", bus_name: str
) -> None:
    entries = [
        {"EventId": "1"},
        {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"},
        {"EventId": "3"},
        {"ErrorCode": "MalformedDetail", "ErrorMessage": "what is this"},
    ]
    body = json.dumps({"FailedEntryCount": 2, "Entries": entries}).encode()
    aws.fail("PutEvents", Fault(200, body=body))
    codes = EventBridgeBus(client, bus_name).put(events(4))
    assert codes == [None, "ThrottlingException", None, "MalformedDetail"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SERVER_ERROR, "InternalServerError"),
        (THROTTLED, "ThrottlingException"),
        (DENIED, "AccessDeniedException"),
        (CUT, "ConnectionClosedError"),
        (LOST, "ConnectionClosedError"),
        (Fault(503, body=b"<html>busy</html>"), "503"),
        (HANGS, "ReadTimeoutError"),
    ],
)
def test_a_failed_call_is_a_failure_of_each_entry(
    aws: AwsEndpoint, client: "EventBridgeClient", bus_name: str, fault: Fault, code: str
) -> None:
    aws.fail("PutEvents", fault)
    used = aws.client("events", IMPATIENT) if fault is HANGS else client
    assert EventBridgeBus(used, bus_name).put(events(3)) == [code] * 3
