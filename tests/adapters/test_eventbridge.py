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


def test_a_consumer_receives_what_was_put(aws: AwsEndpoint, client: "EventBridgeClient") -> None:
    sqs, name = aws.client("sqs"), f"bus-{uuid.uuid4().hex}"
    client.create_event_bus(Name=name)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    client.put_rule(Name="all", EventBusName=name, EventPattern='{"source": ["liveness-gateway"]}')
    client.put_targets(
        Rule="all", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}]
    )
    (event,) = events(1)
    assert EventBridgeBus(client, name).put([event]) == [None]
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    envelope = json.loads(message["Body"])
    assert envelope["source"] == "liveness-gateway"
    assert envelope["detail-type"] == "LivenessVerificationUnknown"
    assert envelope["detail"] == json.loads(event["detail"])
    assert envelope["detail"]["metadata"]["id"] == event["id"]


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


def test_a_detail_that_is_no_json_is_refused_alone(
    client: "EventBridgeClient", bus_name: str
) -> None:
    good, bad = events(2)
    codes = EventBridgeBus(client, bus_name).put([good, bad | {"detail": "{"}])
    assert codes == [None, "MalformedDetail"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (SERVER_ERROR, "InternalServerError"),
        (THROTTLED, "ThrottlingException"),
        (DENIED, "AccessDeniedException"),
        (CUT, "ConnectionClosedError"),
        (LOST, "ConnectionClosedError"),
        (Fault(503, body=b"<html>busy</html>"), "503"),
    ],
)
def test_a_failed_call_is_a_failure_of_each_entry(
    aws: AwsEndpoint, client: "EventBridgeClient", bus_name: str, fault: Fault, code: str
) -> None:
    aws.fail("PutEvents", fault)
    assert EventBridgeBus(client, bus_name).put(events(3)) == [code] * 3


def test_a_bus_that_hangs_is_not_waited_for(aws: AwsEndpoint, bus_name: str) -> None:
    aws.fail("PutEvents", HANGS)
    bus = EventBridgeBus(aws.client("events", IMPATIENT), bus_name)
    assert bus.put(events(2)) == ["ReadTimeoutError"] * 2
