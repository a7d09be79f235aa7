"""The operator announces again what ended in the dead-letter queue."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import draw_selfie

CHECKOUT = Path(__file__).resolve().parents[2]


def _completed(gateway: Gateway) -> str:
    answer = httpx.post(
        f"{gateway.url}/v1/verifications",
        headers={"x-api-key": gateway.api_key},
        files={"selfie": ("selfie.jpg", draw_selfie(), "image/jpeg")},
        timeout=60,
    )
    assert answer.status_code == 201
    verification_id = str(answer.json()["verification_id"])
    assert gateway.await_event(verification_id)
    return verification_id


def _redrive(gateway: Gateway, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "cli.redrive", "--stage", "local", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **gateway.environment, "PYTHONPATH": "functions:."},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _send(gateway: Gateway, letter: object) -> None:
    url = gateway.deployment.outputs["DeadLetterQueueUrl"]
    gateway.emulator.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(letter))


def _heard(gateway: Gateway, verification_id: str, times: int) -> list[dict[str, Any]]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        events = gateway.events(verification_id)
        if len(events) >= times:
            return events
        time.sleep(0.2)
    raise AssertionError(f"heard {len(gateway.events(verification_id))} times, not {times}")


def _ids(events: list[dict[str, Any]]) -> set[str]:
    return {event["detail"]["metadata"]["id"] for event in events}


def test_a_letter_is_announced_again_under_its_own_id(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.set_default("live")
    verification_id = _completed(gateway)
    (first,) = _heard(gateway, verification_id, 1)
    event = {
        "source": first["source"],
        "detail_type": first["detail-type"],
        "detail": json.dumps(first["detail"]),
    }
    _send(gateway, {"reason": "MalformedDetail", "sequence_number": "1", "event": event})
    done = _redrive(gateway)
    assert (done.returncode, done.stdout) == (0, "1 announced, 0 left\n"), done.stderr
    assert len(_ids(_heard(gateway, verification_id, 2))) == 1
    assert _redrive(gateway).stdout == "0 announced, 0 left\n"


def test_a_batch_lambda_gave_up_on_is_read_from_the_stream(
    gateway: Gateway, sandbox: Sandbox
) -> None:
    sandbox.set_default("live")
    verification_id = _completed(gateway)
    streams = gateway.emulator.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=gateway.deployment.table_name)["Streams"]
    description = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    (shard,) = description["Shards"]
    numbers = _numbers(streams, stream["StreamArn"], shard["ShardId"], verification_id)
    _send(
        gateway,
        {
            "DDBStreamBatchInfo": {
                "streamArn": stream["StreamArn"],
                "shardId": shard["ShardId"],
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(numbers),
            }
        },
    )
    done = _redrive(gateway)
    assert (done.returncode, done.stdout) == (0, "1 announced, 0 left\n"), done.stderr
    assert len(_ids(_heard(gateway, verification_id, 2))) == 1


def test_what_cannot_be_announced_stays_and_is_named(gateway: Gateway) -> None:
    _send(gateway, {"reason": "unreadable_record", "sequence_number": "1", "event": None})
    done = _redrive(gateway)
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        ["0 announced, 1 left", "  1 x nothing to announce in it"],
    )


def test_the_table_can_be_announced_from_a_time_on(gateway: Gateway, sandbox: Sandbox) -> None:
    sandbox.set_default("live")
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    verification_id = _completed(gateway)
    done = _redrive(gateway, "--from-table", before)
    assert done.returncode == 0, done.stderr
    assert len(_ids(_heard(gateway, verification_id, 2))) == 1


def test_an_unknown_stage_is_a_clear_error(gateway: Gateway) -> None:
    done = _redrive(gateway, "--stage", "nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("The stage nowhere cannot be reached")


def _numbers(streams: Any, arn: str, shard: str, verification_id: str) -> list[str]:  # noqa: ANN401 - boto3 makes its clients' classes at run time
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return [
        record["dynamodb"]["SequenceNumber"]
        for record in records
        if record["dynamodb"]["Keys"]["verification_id"]["S"] == verification_id
    ]
