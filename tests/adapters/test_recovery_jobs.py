"""`sweep` and `recover`: what nobody answered for is ended, what was paid is stored."""

import json
import uuid
from collections.abc import Callable

import pytest

from liveness_gateway.adapters.sqs import SqsEmergencyQueue
from liveness_gateway.entrypoints.batch import (
    Job,
    all_messages,
    nothing_swept,
    store_kept,
    sweep_once,
)
from liveness_gateway.problems import LedgerUnavailable
from liveness_gateway.verifications.model import Settlement, Status, Verification
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from tests.adapters.job_contexts import Context, again
from tests.adapters.journals import WrittenJournal, counted
from tests.adapters.samples import claim, completed, failed, seconds, unknown
from tests.fakes import FakeQueue
from tests.world import World

Output = pytest.CaptureFixture[str]


class Sweeping:
    """`sweep` and `recover` over the fakes, with a real journal."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journal = WrittenJournal()
        self.sweep = Job(self._sweeper, sweep_once, nothing_swept)
        self.recover = Job(self._recoverer, store_kept, all_messages)

    def _sweeper(self) -> tuple[Sweeper, WrittenJournal]:
        return Sweeper(self.world.ledger, self.world.clock, self.journal), self.journal

    def _recoverer(self) -> tuple[Recoverer, WrittenJournal]:
        return Recoverer(self.world.ledger, self.journal), self.journal

    def claimed(self, age: float = 61) -> Verification:
        made = claim(at=self.world.clock.now() - seconds(age))
        self.world.ledger.claim(made)
        return made


@pytest.fixture
def sweeping(world: World) -> Sweeping:
    return Sweeping(world)


def test_overdue_verifications_are_ended_once(sweeping: Sweeping, capsys: Output) -> None:
    overdue = [sweeping.claimed() for _ in range(2)]
    young = sweeping.claimed(age=1)
    assert sweeping.sweep({}, Context()) == {"ended": 2}
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"verification_unknown": 2}
    found = {one.verification_id: one for one in sweeping.world.ledger.all()}
    assert {found[one.verification_id].status for one in overdue} == {Status.UNKNOWN}
    assert found[young.verification_id].status is Status.PROCESSING


def test_a_sweep_while_the_table_is_down_is_counted(sweeping: Sweeping, capsys: Output) -> None:
    sweeping.claimed()
    sweeping.world.faults.fail("ledger.overdue", LedgerUnavailable("x"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"sweep_failed": 1}
    assert sweeping.sweep({}, Context()) == {"ended": 1}


def test_a_sweep_nobody_foresaw_ends_without_its_text(
    sweeping: Sweeping, caplog: pytest.LogCaptureFixture
) -> None:
    sweeping.claimed()
    sweeping.world.faults.fail("ledger.settle", RuntimeError("canary"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def message(result: Settlement) -> dict[str, str]:
    kept = FakeQueue()
    SqsEmergencyQueue(kept).keep(result)
    return {"messageId": uuid.uuid4().hex, "body": kept.bodies[0]}


def test_a_kept_result_is_stored_once(sweeping: Sweeping, capsys: Output) -> None:
    made = sweeping.claimed(age=1)
    event = {"Records": [message(completed(made, at=sweeping.world.clock.now()))]}
    assert again(sweeping.recover(event, Context())) == []
    assert again(sweeping.recover(event, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version) == (Status.COMPLETED, 1)
    assert counted(capsys)["result_recovered"] >= 1


def test_a_kept_result_after_the_sweep_is_a_second_version(sweeping: Sweeping) -> None:
    made = sweeping.claimed()
    kept = message(completed(made, at=sweeping.world.clock.now()))
    sweeping.sweep({}, Context())
    assert again(sweeping.recover({"Records": [kept]}, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version, stored.reasons) == (Status.COMPLETED, 2, ())


def test_a_table_that_is_down_keeps_the_message(sweeping: Sweeping) -> None:
    made = [sweeping.claimed(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.settle", LedgerUnavailable("x"), skip=1)
    result = sweeping.recover({"Records": messages}, Context())
    assert again(result) == [messages[1]["messageId"]]


@pytest.mark.parametrize("result", [failed, unknown])
def test_what_can_never_be_stored_stays_for_a_person(
    sweeping: Sweeping, capsys: Output, result: Callable[..., Settlement]
) -> None:
    made = sweeping.claimed(age=1)
    now = sweeping.world.clock.now()
    sweeping.world.ledger.settle(completed(made, at=now))
    bad = [
        message(result(made, at=now)),
        {"messageId": "m-garbage", "body": "canary"},
        {"messageId": "m-deep", "body": "[" * 200_000},
        {"messageId": "m-half", "body": json.dumps({"verification_id": "v"})},
    ]
    good = sweeping.claimed(age=1)
    messages = [*bad, message(completed(good, at=now))]
    names = [one["messageId"] for one in bad]
    assert again(sweeping.recover({"Records": messages}, Context())) == names
    assert counted(capsys)["result_not_recoverable"] == 4
    assert "canary" not in sweeping.journal.stream.getvalue()


def test_a_poisonous_message_delays_no_other(sweeping: Sweeping) -> None:
    """One the ledger chokes on in a way nobody foresaw, between two good ones."""
    made = [sweeping.claimed(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.settle", RuntimeError("canary"), skip=1)
    sweeping.recover({"Records": messages}, Context())
    stored = {one.verification_id: one.status for one in sweeping.world.ledger.all()}
    assert stored[made[0].verification_id] is Status.COMPLETED
    assert again(sweeping.recover({"Records": messages[1:]}, Context())) == []
    assert {one.status for one in sweeping.world.ledger.all()} == {Status.COMPLETED}


class BrokenJournal(WrittenJournal):
    """A journal that cannot count: its namespace is gone."""

    def count(self, metric: str, value: int = 1) -> None:
        raise LookupError(f"no namespace for {value} {metric}")


def test_a_journal_that_fails_leaves_no_exception_either(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken_journal = BrokenJournal()
    world.faults.fail("ledger.overdue", LedgerUnavailable("x"))
    sweeper = Sweeper(world.ledger, world.clock, broken_journal)
    handler = Job(lambda: (sweeper, broken_journal), sweep_once, nothing_swept)
    assert handler({}, Context()) == {"ended": 0}
    assert "LookupError" in caplog.text
