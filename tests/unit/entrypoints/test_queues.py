"""`recover`: what was paid is stored, and what can never be stored stays for a person."""

import json
import uuid
from collections.abc import Callable
from typing import Any, cast

import pytest

from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.verifications.model import Status, TerminalResult
from tests.doubles.queue import QueueDouble
from tests.samples import completed, failed, unknown
from tests.unit.entrypoints.batches import Batches
from tests.world import refused
from tests.written_telemetry import counted

Output = pytest.CaptureFixture[str]


def message(result: TerminalResult) -> dict[str, str]:
    queue = QueueDouble()
    SqsEmergencyQueue(SqsQueue(cast("Any", queue), "emergency")).keep(result)
    return {"messageId": uuid.uuid4().hex, "body": queue.sent[0]}


def paid(batches: Batches, count: int = 1) -> list[dict[str, str]]:
    """Messages of results that were paid for and not stored."""
    now = batches.world.clock.time_of_day
    return [message(completed(batches.claim(age=1), at=now)) for _ in range(count)]


def statuses(batches: Batches) -> list[str]:
    return [record.status for record in batches.world.records()]


def test_a_kept_result_is_stored_once(batches: Batches, capsys: Output) -> None:
    messages = paid(batches)
    assert [batches.recover(messages), batches.recover(messages)] == [[], []]
    (stored,) = batches.world.records()
    assert (stored.status, stored.version) == (Status.COMPLETED, 1)
    assert counted(capsys)["result_recovered"] >= 1


def test_a_table_that_is_down_keeps_the_message(batches: Batches) -> None:
    messages = paid(batches, 3)
    batches.world.faults.fail("table.update", refused(), skip=1)
    assert batches.recover(messages) == [messages[1]["messageId"]]


@pytest.mark.parametrize("result", [failed, unknown])
def test_what_can_never_be_stored_stays_for_a_person(
    batches: Batches, capsys: Output, result: Callable[..., TerminalResult]
) -> None:
    made, now = batches.claim(age=1), batches.world.clock.time_of_day
    batches.world.ledger.store(completed(made, at=now))
    bad = [
        message(result(made, at=now)),
        {"messageId": "m-garbage", "body": "canary"},
        {"messageId": "m-deep", "body": "[" * 200_000},
        {"messageId": "m-half", "body": json.dumps({"verification_id": "v"})},
    ]
    assert batches.recover([*bad, *paid(batches)]) == [one["messageId"] for one in bad]
    assert statuses(batches) == ["completed"] * 2
    assert counted(capsys)["result_not_recoverable"] == 4
    assert "canary" not in batches.telemetry.stream.getvalue()


def test_a_message_that_raises_an_unexpected_error_delays_no_other(batches: Batches) -> None:
    messages = paid(batches, 3)
    batches.world.faults.fail("table.update", RuntimeError("canary"), skip=1)
    assert batches.recover(messages) == [one["messageId"] for one in messages]
    assert statuses(batches) == ["completed", "processing", "processing"]
    assert batches.recover(messages[1:]) == []
    assert statuses(batches) == ["completed"] * 3
