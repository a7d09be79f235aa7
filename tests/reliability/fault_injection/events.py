"""Faults 21, 25 and 26: the bus refuses, the stream brings nonsense, or brings things twice."""

from datetime import UTC, datetime
from typing import Final

from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, LOST, SERVER_ERROR, THROTTLED, Fault
from tests.adapters.samples import claim, completed, failed, unknown
from tests.reliability.recovery import Record, Recovery, poison
from tests.reliability.scenarios import FEW, scenario
from tests.reliability.stage import Stage
from tests.reliability.written import batch_of, settled

_LATER: Final = ("InternalFailure", "ThrottlingException", "InternalException")
_NEVER: Final = (
    "InvalidArgument", "MalformedDetail", "NotAuthorizedForSourceException",
    "NotAuthorizedForDetailTypeException", "ValidationException",
)  # fmt: skip


def _insist(recovery: Recovery, batch: list[Record]) -> None:
    """Deliver as Lambda does: from the first record that failed on."""
    while again := recovery.publish(batch):
        first = min(map(int, again))
        batch = [record for record in batch if _number(record) >= first]


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


@scenario(21, "PutEvents is throttled, fails or is cut off, up to 5 times", together=True)
def bus_down(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    faults = [stage.random.choice((THROTTLED, SERVER_ERROR, CUT, Fault(503))) for _ in range(5)]
    stage.fail("PutEvents", *faults[: stage.random.randint(1, 5)])
    recovery.deliver()


@scenario(21, "PutEvents took them all, its answer is lost", seeds=FEW)
def bus_answer_lost(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    stage.fail("PutEvents", LOST, LOST)
    recovery.deliver()


@scenario(21, "PutEvents hangs", together=True, patient=False, seeds=FEW)
def bus_hangs(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    stage.fail("PutEvents", HANGS)
    recovery.deliver()


@scenario(21, "1 of 10 entries is refused for now")
def one_later(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    stage.cloud.refuse_entries(stage.bus, {stage.random.randrange(10): stage.random.choice(_LATER)})
    batch = batch_of(stage, recovery)
    assert len(recovery.publish(batch)) == 1
    _insist(recovery, batch)


@scenario(21, "1 of 10 entries is refused for good")
def one_never(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    stage.cloud.refuse_entries(stage.bus, {stage.random.randrange(10): stage.random.choice(_NEVER)})
    assert recovery.publish(batch_of(stage, recovery)) == []


@scenario(21, "the bus refuses everything for good")
def never(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    code = stage.random.choice(_NEVER)
    stage.fail_always("PutEvents", Fault(400, code))
    assert recovery.publish(batch_of(stage, recovery)) == []


@scenario(21, "1 of 10 is refused for good while the dead-letter queue is down")
def letters_down(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    code = stage.random.choice(_NEVER)
    stage.cloud.refuse_entries(stage.bus, {stage.random.randrange(10): code})
    stage.fail_always("SendMessage", stage.random.choice((SERVER_ERROR, DENIED, CUT)))
    batch = batch_of(stage, recovery)
    (again,) = recovery.publish(batch)
    # Lambda brings it again, with all behind it; now there is a queue to take it.
    stage.mend()
    stage.cloud.refuse_entries(stage.bus, {0: code})
    _insist(recovery, [record for record in batch if _number(record) >= int(again)])


@scenario(25, "an unreadable record among 10 in the stream")
def poisoned(stage: Stage, recovery: Recovery) -> None:
    settled(stage)
    batch = batch_of(stage, recovery)
    bad = poison(stage.random.choice(batch))
    batch.insert(stage.random.randint(0, len(batch)), bad)
    assert recovery.publish(batch) == []


@scenario(26, "the stream is reordered and brought three times")
def reordered(stage: Stage, recovery: Recovery) -> None:
    ledger, now = stage.ledger(), datetime.now(UTC)
    made = [claim(at=now) for _ in range(2)]
    stage.seeded |= {one.verification_id for one in made}
    for one, result in zip(made, (completed, failed), strict=True):
        ledger.claim(one)
        ledger.store(unknown(one, at=now))
        ledger.store(result(one, at=now))
    batch = batch_of(stage, recovery)
    for _delivery in range(3):
        stage.random.shuffle(batch)
        assert recovery.publish(batch) == []
