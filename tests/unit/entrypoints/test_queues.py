"""`sweep` and `recover`: what nobody answered for is ended, what was paid is stored."""

import json
import uuid
from collections.abc import Callable

import pytest

from liveness_gateway.adapters.sqs import SqsEmergencyQueue, kept_result
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.queues import StoreKeptResults, all_messages
from liveness_gateway.entrypoints.schedule import Sweep, nothing_swept
from liveness_gateway.verifications.model import Status, TerminalResult, Verification
from liveness_gateway.verifications.ports import LedgerUnavailableError
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from tests.adapters.job_contexts import Context, again
from tests.adapters.samples import claim, completed, failed, seconds, unknown
from tests.fakes import FakeQueue
from tests.world import World
from tests.written_telemetry import WrittenTelemetry, counted

Output = pytest.CaptureFixture[str]


class Sweeping:
    """`sweep` and `recover` over the fakes, with a real telemetry."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.telemetry = WrittenTelemetry()
        self.sweep = BatchHandler(self._sweep, nothing_swept)
        self.recover = BatchHandler(self._store_kept, all_messages)

    def _sweep(self) -> Sweep:
        sweeper = Sweeper(self.world.ledger, self.world.clock, self.telemetry)
        return Sweep(sweeper, self.telemetry)

    def _store_kept(self) -> StoreKeptResults:
        recoverer = Recoverer(self.world.ledger, self.telemetry)
        return StoreKeptResults(recoverer, kept_result, self.telemetry)

    def attempt_reference(self, age: float = 61) -> Verification:
        made = claim(at=self.world.clock.now() - seconds(age))
        self.world.ledger.claim(made)
        return made


@pytest.fixture
def sweeping(world: World) -> Sweeping:
    return Sweeping(world)


def test_overdue_verifications_are_ended_once(sweeping: Sweeping, capsys: Output) -> None:
    overdue = [sweeping.attempt_reference() for _ in range(2)]
    young = sweeping.attempt_reference(age=1)
    assert sweeping.sweep({}, Context()) == {"ended": 2}
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"verification_unknown": 2}
    found = {one.verification_id: one for one in sweeping.world.ledger.all()}
    assert {found[one.verification_id].status for one in overdue} == {Status.UNKNOWN}
    assert found[young.verification_id].status is Status.PROCESSING


def test_a_sweep_while_the_table_is_down_is_counted(sweeping: Sweeping, capsys: Output) -> None:
    sweeping.attempt_reference()
    sweeping.world.faults.fail("ledger.overdue", LedgerUnavailableError("x"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"sweep_failed": 1}
    assert sweeping.sweep({}, Context()) == {"ended": 1}


def test_a_sweep_nobody_foresaw_ends_without_its_text(
    sweeping: Sweeping, caplog: pytest.LogCaptureFixture
) -> None:
    sweeping.attempt_reference()
    sweeping.world.faults.fail("ledger.store", RuntimeError("canary"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def message(result: TerminalResult) -> dict[str, str]:
    kept = FakeQueue()
    SqsEmergencyQueue(kept).keep(result)
    return {"messageId": uuid.uuid4().hex, "body": kept.bodies[0]}


def test_a_kept_result_is_stored_once(sweeping: Sweeping, capsys: Output) -> None:
    made = sweeping.attempt_reference(age=1)
    event = {"Records": [message(completed(made, at=sweeping.world.clock.now()))]}
    assert again(sweeping.recover(event, Context())) == []
    assert again(sweeping.recover(event, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version) == (Status.COMPLETED, 1)
    assert counted(capsys)["result_recovered"] >= 1


def test_a_kept_result_after_the_sweep_is_a_second_version(sweeping: Sweeping) -> None:
    made = sweeping.attempt_reference()
    kept = message(completed(made, at=sweeping.world.clock.now()))
    sweeping.sweep({}, Context())
    assert again(sweeping.recover({"Records": [kept]}, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version, stored.reasons) == (Status.COMPLETED, 2, ())


def test_a_table_that_is_down_keeps_the_message(sweeping: Sweeping) -> None:
    made = [sweeping.attempt_reference(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.store", LedgerUnavailableError("x"), skip=1)
    result = sweeping.recover({"Records": messages}, Context())
    assert again(result) == [messages[1]["messageId"]]


@pytest.mark.parametrize("result", [failed, unknown])
def test_what_can_never_be_stored_stays_for_a_person(
    sweeping: Sweeping, capsys: Output, result: Callable[..., TerminalResult]
) -> None:
    made = sweeping.attempt_reference(age=1)
    now = sweeping.world.clock.now()
    sweeping.world.ledger.store(completed(made, at=now))
    bad = [
        message(result(made, at=now)),
        {"messageId": "m-garbage", "body": "canary"},
        {"messageId": "m-deep", "body": "[" * 200_000},
        {"messageId": "m-half", "body": json.dumps({"verification_id": "v"})},
    ]
    good = sweeping.attempt_reference(age=1)
    messages = [*bad, message(completed(good, at=now))]
    names = [one["messageId"] for one in bad]
    assert again(sweeping.recover({"Records": messages}, Context())) == names
    assert counted(capsys)["result_not_recoverable"] == 4
    assert "canary" not in sweeping.telemetry.stream.getvalue()


def test_a_poisonous_message_delays_no_other(sweeping: Sweeping) -> None:
    """One the ledger chokes on in a way nobody foresaw, between two good ones."""
    made = [sweeping.attempt_reference(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.store", RuntimeError("canary"), skip=1)
    sweeping.recover({"Records": messages}, Context())
    stored = {one.verification_id: one.status for one in sweeping.world.ledger.all()}
    assert stored[made[0].verification_id] is Status.COMPLETED
    assert again(sweeping.recover({"Records": messages[1:]}, Context())) == []
    assert {one.status for one in sweeping.world.ledger.all()} == {Status.COMPLETED}


class BrokenTelemetry(WrittenTelemetry):
    """A telemetry that cannot count: its namespace is gone."""

    def count(self, metric: str, value: int = 1) -> None:
        raise LookupError(f"no namespace for {value} {metric}")


def test_a_telemetry_that_fails_leaves_no_exception_either(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken_telemetry = BrokenTelemetry()
    world.faults.fail("ledger.overdue", LedgerUnavailableError("x"))
    sweeper = Sweeper(world.ledger, world.clock, broken_telemetry)
    handler = BatchHandler(lambda: Sweep(sweeper, broken_telemetry), nothing_swept)
    assert handler({}, Context()) == {"ended": 0}
    assert "LookupError" in caplog.text
