"""Stored versions reach the bus or the dead letters; no entry waits for another."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from liveness_gateway.verifications.events import event_id
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.publishing import StreamRecord, event_of
from tests.world import World, refused

FINAL = ["InvalidArgument", "MalformedDetail", "NotAuthorizedForDetailTypeException",
         "NotAuthorizedForSourceException", "ValidationException"]  # fmt: skip
PASSING = ["ThrottlingException", "InternalFailure", "InternalException", "ConnectTimeoutError",
           "AccessDeniedException", "SomethingNew"]  # fmt: skip


def records(world: World, count: int) -> list[StreamRecord]:
    """This many terminal lines of the stream; their sequence numbers are `s-0`, `s-1`, ..."""
    made = world.verify(None).verification
    return [
        StreamRecord(f"s-{number}", replace(made, verification_id=f"{number:032x}"))
        for number in range(count)
    ]


def ids(lines: list[StreamRecord]) -> list[str]:
    return [event_id(line.verification) for line in lines if line.verification]


def accepted(world: World) -> list[str]:
    return [json.loads(entry["Detail"])["metadata"]["id"] for entry in world.bus.accepted]


def poison(world: World, line: StreamRecord, code: str) -> None:
    """The bus refuses the event of this line for ever."""
    assert line.verification is not None
    world.bus.poisoned[line.verification.verification_id] = code


def letters(world: World) -> list[dict[str, Any]]:
    return [json.loads(body) for body in world.dead_letters.sent]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
def test_a_batch_is_announced_in_order_in_calls_of_at_most_ten(world: World, count: int) -> None:
    lines = records(world, count)
    assert world.publisher().publish(lines) == []
    assert accepted(world) == ids(lines)
    full, rest = divmod(count, 10)
    assert world.bus.calls == [10] * full + [rest] * (rest > 0)


@pytest.mark.parametrize("code", PASSING)
def test_only_the_entry_that_failed_comes_again(world: World, code: str) -> None:
    lines = records(world, 12)
    world.bus.refusals = {3: code}
    assert world.publisher().publish(lines) == ["s-3"]
    assert accepted(world) == ids(lines[:3] + lines[4:])
    assert letters(world) == []
    assert world.telemetry.counts["event_retried"] == 1
    assert world.telemetry.lines[-1].fields == {"code": code}
    assert world.telemetry.lines[-1].level == logging.ERROR


@pytest.mark.parametrize("code", FINAL)
def test_an_entry_the_bus_will_never_take_is_a_dead_letter_at_once(world: World, code: str) -> None:
    lines = records(world, 12)
    poison(world, lines[3], code)
    assert world.publisher().publish(lines) == []
    assert accepted(world) == ids(lines[:3] + lines[4:])
    assert lines[3].verification is not None
    assert letters(world) == [
        {
            "reason": code,
            "sequence_number": "s-3",
            "event": event_of(lines[3].verification, "local"),
        }
    ]
    assert world.telemetry.counts["event_dead_lettered"] == 1


@pytest.mark.parametrize("count", [2, 10])
def test_one_entry_that_fails_the_whole_call_is_the_only_letter(world: World, count: int) -> None:
    lines = records(world, count)
    world.faults.fail("bus.put", refused("ValidationException"))
    poison(world, lines[1], "ValidationException")
    assert world.publisher().publish(lines) == []
    assert accepted(world) == ids(lines[:1] + lines[2:])
    assert [letter["sequence_number"] for letter in letters(world)] == ["s-1"]
    assert world.bus.calls == [count] + [1] * count


def _spoilt(made: Verification) -> dict[str, Verification]:
    no_number: Any = "0.6 or so"
    no_time: Any = "yesterday"
    no_list: Any = 7
    return {
        "no end": replace(made, ended_at=None),
        "no number": replace(made, threshold=no_number),
        "no time": replace(made, created_at=no_time),
        "no expiry": replace(made, expires_at=no_time),
        "no list": replace(made, reasons=no_list),
    }


@pytest.mark.parametrize("fault", ["no end", "no number", "no time", "no expiry", "no list"])
def test_a_record_without_an_event_is_a_dead_letter_or_comes_again(
    world: World, fault: str
) -> None:
    lines = records(world, 2)
    assert lines[0].verification is not None
    spoilt = StreamRecord("s-spoilt", _spoilt(lines[0].verification)[fault])
    world.faults.fail("dead_letters.send", refused())
    assert world.publisher().publish([spoilt]) == ["s-spoilt"]
    assert world.publisher().publish([spoilt, *lines]) == []
    assert accepted(world) == ids(lines)
    assert letters(world)[0]["sequence_number"] == "s-spoilt"


def test_what_is_still_processing_is_not_announced(world: World) -> None:
    (line,) = records(world, 1)
    assert line.verification is not None
    processing = replace(line.verification, status=Status.PROCESSING, ended_at=None)
    assert world.publisher().publish([StreamRecord("s-0", processing)]) == []
    assert (accepted(world), letters(world)) == ([], [])
