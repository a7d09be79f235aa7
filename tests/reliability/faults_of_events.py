"""Faults 21, 25 and 26: the bus refuses, the stream brings nonsense, or brings things twice."""

from datetime import UTC, datetime
from typing import Final

from liveness_gateway.domain import Verification
from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, LOST, SERVER_ERROR, THROTTLED, Fault
from tests.adapters.samples import claim, completed, failed, unknown
from tests.reliability.cloud import stream_of
from tests.reliability.recovery import Record, Recovery, poison, terminal
from tests.reliability.scenarios import scenario
from tests.reliability.stage import Stage

_LATER: Final = ("InternalFailure", "ThrottlingException", "InternalException")
_NEVER: Final = (
    "InvalidArgument", "MalformedDetail", "NotAuthorizedForSourceException",
    "NotAuthorizedForDetailTypeException", "ValidationException",
)  # fmt: skip


def _settled(stage: Stage, count: int = 10) -> list[Verification]:
    """Verifications that ended well, written as `verify` writes them."""
    ledger, now = stage.ledger(), datetime.now(UTC)
    made = [claim(at=now) for _ in range(count)]
    for one in made:
        assert ledger.claim(one) is None
    return [ledger.settle(completed(one, at=now)) for one in made]


def _batch(stage: Stage, recovery: Recovery) -> list[Record]:
    recovery.skip()
    return terminal(stream_of(stage.table))


def _insist(recovery: Recovery, batch: list[Record]) -> None:
    """Deliver as Lambda does: from the first record that failed on."""
    while again := recovery.publish(batch):
        first = min(map(int, again))
        batch = [record for record in batch if _number(record) >= first]


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


@scenario(21, "PutEvents is throttled, fails or is cut off, up to 5 times")
def bus_down(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    faults = [stage.random.choice((THROTTLED, SERVER_ERROR, CUT, Fault(503))) for _ in range(5)]
    stage.fail("PutEvents", *faults[: stage.random.randint(1, 5)])
    recovery.deliver()


@scenario(21, "PutEvents took them all, its answer is lost")
def bus_answer_lost(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    stage.fail("PutEvents", LOST, LOST)
    recovery.deliver()


@scenario(21, "PutEvents hangs", together=True, patient=False, seeds=3)
def bus_hangs(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    stage.fail("PutEvents", HANGS)
    recovery.deliver()


@scenario(21, "1 of 10 entries is refused for now")
def one_later(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    stage.cloud.refuse_entries(stage.bus, {stage.random.randrange(10): stage.random.choice(_LATER)})
    batch = _batch(stage, recovery)
    assert len(recovery.publish(batch)) == 1
    _insist(recovery, batch)


@scenario(21, "1 of 10 entries is refused for good")
def one_never(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    stage.cloud.refuse_entries(stage.bus, {stage.random.randrange(10): stage.random.choice(_NEVER)})
    assert recovery.publish(_batch(stage, recovery)) == []


@scenario(21, "the bus refuses everything for good")
def never(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    code = stage.random.choice(_NEVER)
    stage.fail_always("PutEvents", Fault(400, code))
    assert recovery.publish(_batch(stage, recovery)) == []


@scenario(21, "1 of 10 is refused for good while the dead-letter queue is down")
def letters_down(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    place = {stage.random.randrange(10): stage.random.choice(_NEVER)}
    stage.cloud.refuse_entries(stage.bus, place)
    stage.fail_always("SendMessage", stage.random.choice((SERVER_ERROR, DENIED, CUT)))
    batch = _batch(stage, recovery)
    assert len(recovery.publish(batch)) == 1
    stage.mend()
    _insist(recovery, batch)


@scenario(25, "an unreadable record among 10 in the stream")
def poisoned(stage: Stage, recovery: Recovery) -> None:
    _settled(stage)
    batch = _batch(stage, recovery)
    bad = poison(stage.random.choice(batch))
    batch.insert(stage.random.randint(0, len(batch)), bad)
    assert recovery.publish(batch) == []


@scenario(26, "the stream is reordered and brought three times")
def reordered(stage: Stage, recovery: Recovery) -> None:
    ledger, now = stage.ledger(), datetime.now(UTC)
    made = [claim(at=now) for _ in range(4)]
    for one in made:
        ledger.claim(one)
        ledger.settle(unknown(one, at=now))
    for one in made[:2]:
        ledger.settle(completed(one, at=now))
    for one in made[2:]:
        ledger.settle(failed(one, at=now))
    batch = _batch(stage, recovery)
    for _delivery in range(3):
        stage.random.shuffle(batch)
        assert recovery.publish(batch) == []
