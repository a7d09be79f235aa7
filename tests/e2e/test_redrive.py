"""The operator announces again what is in the dead-letter queue.

Letters that hold their event are in tests/reliability/simulation/test_redrive.py.
"""

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


def _is_announced_again(gateway: Gateway, event: dict[str, Any]) -> None:
    """The consumer has the event twice, under one id."""
    events = gateway.await_events(event["detail"]["data"]["verification_id"], 2)
    assert len(events) == 2
    assert len({event["detail"]["metadata"]["id"] for event in events}) == 1


def test_a_batch_is_read_from_the_stream_and_what_is_unreadable_stays(
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
    url = gateway.deployment.outputs["DeadLetterQueueUrl"]
    for letter in ({"DDBStreamBatchInfo": batch}, {"event": None}):
        gateway.emulator.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(letter))
    status, said = _redrive(gateway, capsys)
    assert (status, said.partition("it:")[0]) == (
        1, "1 announced, 1 left\n  1 x nothing to announce in "
    )  # fmt: skip
    _is_announced_again(gateway, event)


def test_the_table_can_be_announced_from_a_time_on(
    gateway: Gateway, event: dict[str, Any], capsys: Output
) -> None:
    occurred_at = event["detail"]["metadata"]["occurred_at"]
    assert _redrive(gateway, capsys, "--since", occurred_at)[0] == 0
    _is_announced_again(gateway, event)


def test_the_program_of_make_redrive(gateway: Gateway) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.redrive", "--stage", "nowhere"],
        cwd=CHECKOUT,
        env={**os.environ, **gateway.environment, "PYTHONPATH": "functions:."},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("There is no stack liveness-gateway-nowhere in this account")
    assert done.stderr.count("\n") == 1
