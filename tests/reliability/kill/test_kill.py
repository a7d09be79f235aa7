"""On the deployed stack: the function's process is killed when upstream has answered, 20 times."""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

import pytest
import requests

from liveness_gateway.entrypoints.http.headers import client_id
from liveness_gateway.verifications.model import verification_id
from local.gateway import Gateway
from sandbox import Sandbox
from tests.bodies import Body, form
from tests.e2e.traces import forms, traces
from tests.reliability.relay import Relay
from tests.reliability.selfies import CANARIES, FILE_NAME, new_selfie
from tests.reliability.workers import PROCESSES, workers

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not PROCESSES.exists(), reason="finds processes by what Linux says of them"),
]

# As many cold starts as two cores get through while upstream's answers wait.
_AT_ONCE, _BATCHES = 10, 2
_DEADLINE = 61.0
_RANDOM = Random(22)  # noqa: S311 - choices, not secrets


@pytest.fixture
def relay(gateway: Gateway, sandbox: Sandbox) -> Iterator[Relay]:
    """Stands between the deployed function and the sandbox."""
    with Relay(sandbox.url) as between:
        _ask(gateway, between.url)
        yield between
        _ask(gateway, sandbox.url)


def _ask(gateway: Gateway, upstream_url: str) -> None:
    gateway.emulator.client("lambda").update_function_configuration(
        FunctionName=gateway.deployment.functions["verify"],
        Environment={
            "Variables": {**gateway.deployment.settings, "UPSTREAM_URL": upstream_url},
        },
    )


def _post(gateway: Gateway, key: str, body: Body) -> int:
    answer = requests.post(
        f"{gateway.deployment.api_url}/v1/verifications",
        data=body.content,
        headers={
            "Content-Type": body.content_type,
            "Idempotency-Key": key,
            "x-api-key": gateway.api_key,
        },
        timeout=60,
    )
    return answer.status_code


def _kill_a_batch(gateway: Gateway, relay: Relay, asked: dict[str, Body], before: int) -> list[int]:
    """Ask, and when upstream has answered all, kill the processes that wait for it."""
    relay.keep_back()
    with ThreadPoolExecutor(len(asked)) as pool:
        answers: list[Future[int]] = [
            pool.submit(_post, gateway, key, body) for key, body in asked.items()
        ]
        assert relay.wait_for_answers(before + len(asked), 60)
        doomed = workers(gateway, "verify")
        assert len(doomed) >= len(asked)
        for worker in doomed:
            worker.stop()
        # The answers are in the sockets of processes that cannot read them.
        relay.release()
        for place, worker in enumerate(doomed):
            if place % 2:
                # It gets as far as it gets: before its write, within, or after.
                worker.go_on()
                time.sleep(_RANDOM.uniform(0, 0.03))
            worker.kill()
        return [answer.result() for answer in answers]


def test_twenty_killed_between_upstreams_answer_and_the_write(
    gateway: Gateway, sandbox: Sandbox, relay: Relay, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = {
        uuid.uuid4().hex: form("curl", new_selfie(_RANDOM), file_name=FILE_NAME)
        for _ in range(_AT_ONCE * _BATCHES)
    }
    keys, statuses = list(bodies), []
    for start in range(0, len(keys), _AT_ONCE):
        batch = {key: bodies[key] for key in keys[start : start + _AT_ONCE]}
        statuses += _kill_a_batch(gateway, relay, batch, start)
    assert {status for status in statuses if status < 300} <= {201}
    time.sleep(_DEADLINE)
    swept = gateway.emulator.client("lambda").invoke(
        FunctionName=gateway.deployment.functions["sweep"], Payload=b"{}"
    )
    ended = json.loads(swept["Payload"].read())["ended"]

    client = client_id({"headers": {"x-api-key": gateway.api_key}})
    ids = {key: verification_id(client, key) for key in keys}
    events = [gateway.await_event(name) for name in ids.values()]
    records = [gateway.record(name) for name in ids.values()]
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
    # The schedule's own sweep may have been there first.
    assert ends.count("unknown") >= max(ended, len(keys) // 2)
    assert statuses.count(201) <= ends.count("completed")
    assert len(event_ids) == len(keys)

    repeated = [_post(gateway, key, body) for key, body in bodies.items()]
    assert set(repeated) <= {201, 504}
    assert len(sandbox.requests) == len(keys)
    _nothing_was_left(gateway, sandbox, ids[keys[0]])


def _nothing_was_left(gateway: Gateway, sandbox: Sandbox, somebody: str) -> None:
    left = dict(traces(gateway, []))
    assert somebody.encode() in left["items"]
    hunted = [form for canary in CANARIES for form in forms(canary)]
    hunted += list(forms(sandbox.credentials.app_key.encode()))
    assert [(place, one) for place, text in left.items() for one in hunted if one in text] == []
