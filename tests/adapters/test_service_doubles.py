"""The doubles of bus, queue and secrets answer our adapters' requests as moto does.

Neither has EventBridge's limit on the size of an entry.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.secrets import SecretsManager
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.ports import CredentialsUnavailableError
from liveness_gateway.verifications.publishing import event_of
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.doubles.bus import BusDouble
from tests.doubles.clock import ManualClock
from tests.doubles.queue import LONGEST, QueueDouble
from tests.doubles.secrets import UPSTREAM_ARN, SecretsDouble
from tests.samples import NOON, claim

CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    "good": {},
    "no source": {"source": ""},
    "no detail type": {"detail_type": ""},
    "no detail": {"detail": ""},
    "no JSON": {"detail": "{"},
}
ENTRY: Final = {"Source": "s", "DetailType": "d", "Detail": '{"data": {"verification_id": "v"}}'}


class Watched:
    """A client whose answers and refusals are kept: of an id only that there is one."""

    def __init__(self, client: object) -> None:
        self._client: Any = client
        self.answers: list[object] = []

    def put_events(self, **request: object) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.put_events(**request)
        entries = [
            (sorted(entry), isinstance(entry.get("EventId", ""), str), entry.get("ErrorCode"))
            for entry in answer["Entries"]
        ]
        self.answers.append((answer["FailedEntryCount"], entries))
        return answer

    def send_message(self, **request: object) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._client.send_message(**request)
        except ClientError as error:
            self.answers.append(error.response["Error"]["Code"])
            raise
        self.answers.append(isinstance(answer["MessageId"], str))
        return answer


@pytest.fixture
def bus_name(aws: AwsEndpoint) -> str:
    name = f"bus-{uuid.uuid4().hex}"
    aws.client("events").create_event_bus(Name=name)
    return name


def queue(aws: AwsEndpoint) -> str:
    url: str = aws.client("sqs").create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    return url


def received(aws: AwsEndpoint, url: str) -> list[str]:
    answer = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def event(change: Mapping[str, str]) -> dict[str, str]:
    ended = replace(claim(), status=Status.UNKNOWN, ended_at=NOON)
    return {**event_of(ended, "dev"), **change}


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=10))
def test_the_bus_takes_and_refuses_the_same_entries(
    aws: AwsEndpoint, bus_name: str, kinds: list[str]
) -> None:
    events = [event(CHANGES[kind]) for kind in kinds]
    real, double = Watched(aws.client("events")), Watched(BusDouble())
    codes = EventBridgeBus(cast("Any", real), bus_name).put(events)
    assert EventBridgeBus(cast("Any", double), bus_name).put(events) == codes
    assert double.answers == real.answers


def test_the_bus_hands_on_what_it_accepted(aws: AwsEndpoint, bus_name: str) -> None:
    url, client, double = queue(aws), aws.client("events"), BusDouble()
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = json.dumps({"source": ["liveness-gateway"]})
    client.put_rule(Name="all", EventBusName=bus_name, EventPattern=pattern)
    target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
    client.put_targets(Rule="all", EventBusName=bus_name, Targets=[target])
    events = [event(change) for change in CHANGES.values()]
    for bus in (client, double):
        EventBridgeBus(cast("Any", bus), bus_name).put(events)
    told = [json.loads(body) for body in received(aws, url)]
    assert [(one["source"], one["detail-type"], one["detail"]) for one in told] == [
        (one["Source"], one["DetailType"], json.loads(one["Detail"])) for one in double.accepted
    ]
    assert len(told) == 1


@pytest.mark.parametrize("count", [0, 11])
def test_a_number_of_entries_that_the_bus_refuses_fails_a_test_with_the_double(
    aws: AwsEndpoint, count: int
) -> None:
    entries = [ENTRY] * count
    with pytest.raises((ClientError, ParamValidationError)):
        aws.client("events").put_events(Entries=entries)
    with pytest.raises(AssertionError):
        BusDouble().put_events(Entries=entries)


@pytest.mark.parametrize(
    "body", ["letter", '{"reason": "\u00fc \u20ac"}', "x" * LONGEST, "x" * (LONGEST + 1)]
)
def test_the_queue_takes_and_refuses_the_same_messages(aws: AwsEndpoint, body: str) -> None:
    url, held = queue(aws), QueueDouble()
    real, double = Watched(aws.client("sqs")), Watched(held)
    taken = SqsQueue(cast("Any", real), url).send(body)
    assert SqsQueue(cast("Any", double), url).send(body) == taken
    assert double.answers == real.answers
    assert list(held.messages.values()) == held.sent == received(aws, url)


def read(client: Any, arn: str) -> tuple[object, object]:  # noqa: ANN401 - boto3's client, or the double
    """What a secret is answered with, and what the adapter makes of it."""
    try:
        secret: object = SecretsManager(client, arn, ManualClock()).get().text
    except CredentialsUnavailableError:
        secret = CredentialsUnavailableError
    try:
        answer = client.get_secret_value(SecretId=arn)
    except ClientError as error:
        return error.response["Error"]["Code"], secret
    values = {name: answer[name] for name in ("SecretString", "SecretBinary") if name in answer}
    return values, secret


def test_the_secrets_are_answered_alike(aws: AwsEndpoint) -> None:
    client, double = aws.client("secretsmanager"), SecretsDouble()
    text = double.get_secret_value(SecretId=UPSTREAM_ARN)["SecretString"]
    arn = client.create_secret(Name=uuid.uuid4().hex, SecretString=text)["ARN"]
    versions = [set[object](), set[object]()]

    def alike() -> None:
        assert read(client, arn) == read(double, UPSTREAM_ARN)
        for seen, one, name in zip(versions, (client, double), (arn, UPSTREAM_ARN), strict=True):
            seen.add(one.get_secret_value(SecretId=name)["VersionId"])

    alike()
    double.version = 2
    new = double.get_secret_value(SecretId=UPSTREAM_ARN)["SecretString"]
    client.put_secret_value(SecretId=arn, SecretString=new)
    alike()
    client.put_secret_value(SecretId=arn, SecretBinary=b"\x00")
    double.answers[UPSTREAM_ARN] = {"SecretBinary": b"\x00", "VersionId": "3"}
    alike()
    assert [len(seen) for seen in versions] == [3, 3]
    assert read(client, arn + "gone") == read(double, UPSTREAM_ARN + "gone")
