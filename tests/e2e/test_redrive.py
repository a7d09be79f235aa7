"""The operator announces again what is in the dead-letter queue."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.redrive import main
from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.conftest import Poster, Selfie

CHECKOUT = Path(__file__).resolve().parents[2]
ANNOUNCED_ONE = (0, "1 announced, 0 left\n")
Output = pytest.CaptureFixture[str]


@pytest.fixture
def event(gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster) -> dict[str, Any]:
    """The event of a new verification, as the consumer received it."""
    sandbox.set_default("live")
    event = gateway.await_event(post(selfie).json()["verification_id"])
    assert event
    return event


def _redrive(gateway: Gateway, output: Output, *arguments: str) -> tuple[int, str]:
    status = main(["--stage", "local", *arguments], gateway.emulator)
    return status, output.readouterr().out


def _send(gateway: Gateway, letter: object) -> None:
    url = gateway.deployment.outputs["DeadLetterQueueUrl"]
    gateway.emulator.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(letter))


def _is_announced_again(gateway: Gateway, event: dict[str, Any]) -> None:
    """The consumer has the event twice, under one id."""
    events = gateway.await_events(event["detail"]["data"]["verification_id"], 2)
    assert len(events) == 2
    assert len({event["detail"]["metadata"]["id"] for event in events}) == 1


def test_a_letter_is_announced_again_under_its_own_id(
    gateway: Gateway, event: dict[str, Any], capsys: Output
) -> None:
    entry = {
        "source": event["source"],
        "detail_type": event["detail-type"],
        "detail": json.dumps(event["detail"]),
    }
    _send(gateway, {"reason": "MalformedDetail", "sequence_number": "1", "event": entry})
    assert _redrive(gateway, capsys) == ANNOUNCED_ONE
    _is_announced_again(gateway, event)
    assert _redrive(gateway, capsys) == (0, "0 announced, 0 left\n")


def test_a_batch_that_lambda_gave_up_on_is_read_from_the_stream(
    gateway: Gateway, event: dict[str, Any], capsys: Output
) -> None:
    streams = gateway.emulator.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=gateway.deployment.table_name)["Streams"]
    description = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    (shard,) = description["Shards"]
    position = {"StreamArn": stream["StreamArn"], "ShardId": shard["ShardId"]}
    iterator = streams.get_shard_iterator(**position, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    verification_id = event["detail"]["data"]["verification_id"]
    numbers = [
        record["dynamodb"]["SequenceNumber"]
        for record in records
        if record["dynamodb"]["Keys"]["verification_id"]["S"] == verification_id
    ]
    batch = {
        "streamArn": stream["StreamArn"],
        "shardId": shard["ShardId"],
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[-1],
        "batchSize": len(numbers),
    }
    _send(gateway, {"DDBStreamBatchInfo": batch})
    assert _redrive(gateway, capsys) == ANNOUNCED_ONE
    _is_announced_again(gateway, event)


def test_what_cannot_be_announced_stays_and_is_named(gateway: Gateway, capsys: Output) -> None:
    _send(gateway, {"reason": "unreadable_record", "sequence_number": "1", "event": None})
    status, printed = _redrive(gateway, capsys)
    assert (status, printed.splitlines()) == (
        1,
        ["0 announced, 1 left", "  1 x nothing to announce in it"],
    )


def test_the_table_can_be_announced_from_a_time_on(
    gateway: Gateway, event: dict[str, Any], capsys: Output
) -> None:
    occurred_at = event["detail"]["metadata"]["occurred_at"]
    status, _ = _redrive(gateway, capsys, "--from-table", occurred_at)
    assert status == 0
    _is_announced_again(gateway, event)


def test_the_program_of_make_redrive(gateway: Gateway) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.redrive", "--stage", "nowhere"],
        cwd=CHECKOUT,
        env={**os.environ, **gateway.environment, "PYTHONPATH": "functions:."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The stage nowhere cannot be reached")
