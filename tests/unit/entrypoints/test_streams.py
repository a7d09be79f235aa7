"""`publish_events`: each version is announced, is a dead letter, or is delivered again."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.entrypoints.batches import Batches
from tests.world import refused
from tests.written_telemetry import counted

Output = pytest.CaptureFixture[str]


def number_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def test_a_batch_is_announced(batches: Batches, capsys: Output) -> None:
    assert batches.publish(batches.stream()) == []
    assert len(batches.world.bus.accepted) == 3
    (line,) = batches.telemetry.lines
    assert (line["message"], line["count"]) == ("batch published", 6)
    assert line["function_request_id"] == "function-request-1"
    assert counted(capsys) == {}


def test_only_what_was_not_taken_comes_again(batches: Batches, capsys: Output) -> None:
    records = batches.stream()
    batches.world.bus.refusals = {1: "ThrottlingException"}
    assert batches.publish(records) == [number_of(records[3])]
    assert counted(capsys) == {"event_retried": 1}


UNREADABLE: list[Callable[[dict[str, Any]], object]] = [
    lambda change: change.pop("NewImage"),
    lambda change: change.update(NewImage=None),
    lambda change: change.update(NewImage={}),
    lambda change: change.update(NewImage=[]),
    lambda change: change.update(NewImage="image"),
    lambda change: change["NewImage"].pop("client_id"),
    lambda change: change["NewImage"].update(status={"S": "done"}),
    lambda change: change["NewImage"].update(settled_at={"S": "now"}),
    lambda change: change["NewImage"].pop("settled_at"),
    lambda change: change["NewImage"].update(expires_at={"N": "1e17"}),
    lambda change: change["NewImage"].update(score={"B": "AAAA"}),
    lambda change: change["NewImage"].update(score={"S": "much"}),
    lambda change: change["NewImage"].update(upstream={"S": "x"}),
]


@pytest.mark.parametrize("number", range(len(UNREADABLE)))
def test_an_unreadable_record_is_a_dead_letter_and_delays_no_other(
    batches: Batches, capsys: Output, number: int
) -> None:
    records = batches.stream()
    UNREADABLE[number](records[3]["dynamodb"])
    assert batches.publish(records) == []
    assert len(batches.world.bus.accepted) == 2
    (letter,) = batches.world.dead_letters.sent
    assert json.loads(letter)["sequence_number"] == number_of(records[3])
    assert counted(capsys) == {"event_dead_lettered": 1}


def test_a_letter_that_was_not_taken_comes_again(batches: Batches) -> None:
    records = batches.stream()
    del records[3]["dynamodb"]["NewImage"]
    batches.world.faults.fail("dead_letters.send", refused())
    assert batches.publish(records) == [number_of(records[3])]
