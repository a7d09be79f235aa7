"""On the deployed stack: the function's process is killed when upstream has answered, 20 times."""

import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.api.canaries import writings
from tests.bodies import Body, form
from tests.canary_names import FILE_NAME
from tests.e2e.traces import traces
from tests.reliability.fault_injection.selfies import CANARIES, new_selfie
from tests.reliability.kill.workers import PROCESSES, workers

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not PROCESSES.exists(), reason="reads /proc to find the processes"),
]

# As many cold starts as two cores get through while the function waits for upstream.
_AT_ONCE, _BATCHES = 5, 4
_PATIENCE = 120
_CLAIM_SECONDS = 61
_RANDOM = Random(22)  # noqa: S311 - choices, not secrets


def _post(gateway: Gateway, key: str, body: Body) -> int:
    response = requests.post(
        f"{gateway.url}/v1/verifications",
        data=body.content,
        headers={
            "Content-Type": body.content_type,
            "Idempotency-Key": key,
            "x-api-key": gateway.api_key,
        },
        timeout=_PATIENCE,
    )
    return response.status_code


def _kill_a_batch(
    gateway: Gateway, sandbox: Sandbox, bodies: dict[str, Body], before: int
) -> list[int]:
    """Post, and when upstream has every request, answer and kill the processes that wait."""
    count = before + len(bodies)
    with ThreadPoolExecutor(len(bodies)) as pool:
        responses: list[Future[int]] = [
            pool.submit(_post, gateway, key, body) for key, body in bodies.items()
        ]
        assert sandbox.records.wait_for(count, _PATIENCE)
        doomed = workers(gateway, "verify")
        assert len(doomed) >= len(bodies)
        for worker in doomed:
            os.kill(worker, signal.SIGSTOP)
        # The answers are in the sockets of processes that cannot read them.
        sandbox.end_delays()
        assert sandbox.records.wait_for_answers(count, _PATIENCE)
        for place, worker in enumerate(doomed):
            if place % 2:
                # It is killed before its write, within it, or after it.
                os.kill(worker, signal.SIGCONT)
                time.sleep(_RANDOM.uniform(0, 0.03))
            os.kill(worker, signal.SIGKILL)
        return [response.result() for response in responses]


def _let_claims_expire(gateway: Gateway, ids: Iterable[str]) -> None:
    """Move the deadlines of running attempts back, as if their time had passed."""
    dynamodb = gateway.emulator.client("dynamodb")
    for name in ids:
        record = gateway.record(name)
        if record and record["status"] == "processing":
            dynamodb.update_item(
                TableName=gateway.deployment.table_name,
                Key={"verification_id": {"S": name}},
                UpdateExpression="SET deadline = deadline - :passed",
                ExpressionAttributeValues={":passed": {"N": str(_CLAIM_SECONDS)}},
            )


def _ids(gateway: Gateway) -> set[str]:
    """The verifications that are in the table."""
    scan = gateway.emulator.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=gateway.deployment.table_name)
    return {item["verification_id"]["S"] for page in pages for item in page["Items"]}


def _sweep(gateway: Gateway) -> int:
    """Run the sweep once; how many attempts it ended."""
    swept = gateway.emulator.client("lambda").invoke(
        FunctionName=gateway.deployment.functions["sweep"], Payload=b"{}"
    )
    return int(json.loads(swept["Payload"].read())["ended"])


def test_twenty_killed_between_upstreams_answer_and_the_write(
    gateway: Gateway, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.set_default("slow", delay=3600)
    bodies = {
        uuid.uuid4().hex: form("curl", new_selfie(_RANDOM), file_name=FILE_NAME)
        for _ in range(_AT_ONCE * _BATCHES)
    }
    keys, statuses, others = list(bodies), [], _ids(gateway)
    for start in range(0, len(keys), _AT_ONCE):
        batch = {key: bodies[key] for key in keys[start : start + _AT_ONCE]}
        statuses += _kill_a_batch(gateway, sandbox, batch, start)
    assert {status for status in statuses if status < 300} <= {201}

    ids = _ids(gateway) - others
    _let_claims_expire(gateway, ids)
    ended = _sweep(gateway)
    events = [gateway.await_event(name) for name in ids]
    records = [gateway.record(name) for name in ids]
    ends = [str(record["status"]) for record in records if record]
    event_ids = {event["detail"]["metadata"]["id"] for event in events if event}

    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(keys)} killed, {statuses.count(201)} of them had answered; "
            f"{ends.count('completed')} completed, {ends.count('unknown')} unknown; "
            f"{len(event_ids)} event ids, {len(sandbox.requests)} upstream calls\n"
        )
    assert len(ends) == len(keys)
    assert set(ends) <= {"completed", "unknown"}
    # The scheduled sweep may have ended some before.
    assert ends.count("unknown") >= max(ended, len(keys) // 2)
    assert statuses.count(201) <= ends.count("completed")
    assert len(event_ids) == len(keys)

    repeated = [_post(gateway, key, body) for key, body in bodies.items()]
    assert set(repeated) <= {201, 504}
    assert len(sandbox.requests) == len(keys)
    _nothing_was_left(gateway, sandbox, min(ids))


def _nothing_was_left(gateway: Gateway, sandbox: Sandbox, known_id: str) -> None:
    left = dict(traces(gateway, []))
    assert known_id.encode() in left["items"]
    searched = [one for canary in CANARIES for one in writings(canary)]
    searched += list(writings(sandbox.credentials.app_key.encode()))
    assert [(place, one) for place, text in left.items() for one in searched if one in text] == []
