"""The sweep and the emergency queue's consumer."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import AttemptReference, Status, TerminalResult
from liveness_gateway.verifications.ports import LedgerUnavailableError, ResultRefusedError
from tests.doubles.clock import NOON
from tests.faults import KilledError
from tests.world import World, refused

DOWN = refused()
# A claim lives 60 s; the index compares whole seconds, so it is overdue a second later.
OVERDUE = 62


def abandon(world: World, *keys: str) -> None:
    """Let the function die after upstream was asked."""
    for key in keys:
        world.faults.fail("transport.post", KilledError(), "after")
        with pytest.raises(KilledError):
            world.verify(key)


def kept(world: World, key: str = "key-1") -> TerminalResult:
    """A paid result that is in the emergency queue only."""
    world.faults.fail("table.update", DOWN, times=10_000)
    with pytest.raises(ProblemError):
        world.verify(key)
    world.faults.clear()
    return world.kept()[-1]


def test_an_overdue_verification_becomes_unknown(world: World) -> None:
    abandon(world, "key-1")
    world.clock.advance(OVERDUE)
    assert world.sweeper().sweep() == 1
    (record,) = world.records()
    assert (record.status, record.reasons) == (Status.UNKNOWN, ("abandoned",))
    assert (record.problem_code, record.version) == ("upstream_timeout", 1)
    assert record.ended_at == world.clock.now()
    assert world.telemetry.counts == {"verification_unknown": 1}
    (line,) = world.telemetry.lines
    assert (line.message, line.level) == ("verification abandoned", logging.ERROR)
    assert line.fields == {"verification_id": record.verification_id, "attempt": 1}


def test_a_claim_whose_function_may_still_be_running_is_left_alone(world: World) -> None:
    abandon(world, "key-1")
    world.clock.advance(60)
    assert world.sweeper().sweep() == 0
    assert world.records()[0].status is Status.PROCESSING


def test_a_sweep_whose_index_lags_counts_nothing_twice(world: World) -> None:
    abandon(world, "key-1", "key-2")
    world.clock.advance(OVERDUE)
    world.table.lagging = True
    assert world.sweeper().sweep() == 2
    world.clock.advance(300)
    assert world.sweeper().sweep() == 0
    assert world.telemetry.counts["verification_unknown"] == 2
    assert len(world.terminal_versions()) == 2


def test_a_sweep_whose_index_lags_does_not_touch_what_was_answered(world: World) -> None:
    result = kept(world)
    world.clock.advance(OVERDUE)
    world.table.lagging = True
    world.recoverer().store(result)
    assert world.sweeper().sweep() == 0
    assert world.records()[0].status is Status.COMPLETED


def test_two_sweeps_at_once_end_it_once(world: World) -> None:
    abandon(world, "key-1")
    world.clock.advance(OVERDUE)

    def another_sweep() -> None:
        world.clock.advance(0.001)
        assert world.sweeper().sweep() == 1

    world.faults.meanwhile("table.update", another_sweep)
    assert world.sweeper().sweep() == 0
    assert len(world.terminal_versions()) == 1


def test_a_sweep_goes_on_in_the_next_run_after_the_table_failed(world: World) -> None:
    abandon(world, "key-1", "key-2", "key-3")
    world.clock.advance(OVERDUE)
    world.faults.fail("table.update", DOWN, skip=1)
    with pytest.raises(LedgerUnavailableError):
        world.sweeper().sweep()
    assert world.sweeper().sweep() == 2


def test_what_has_expired_is_not_ended_any_more(world: World) -> None:
    abandon(world, "key-1")
    world.clock.advance(24 * 3600)
    assert world.sweeper().sweep() == 0
    assert world.terminal_versions() == []
    world.table.delete_expired(world.clock.now())
    assert world.records() == []
    assert world.sweeper().sweep() == 0


def test_a_kept_result_is_stored_and_announced(world: World) -> None:
    world.recoverer().store(kept(world))
    (record,) = world.records()
    assert (record.status, record.version) == (Status.COMPLETED, 1)
    assert world.telemetry.counts["result_recovered"] == 1
    line = world.telemetry.lines[-1]
    assert (line.message, line.level) == ("result recovered", logging.WARNING)
    assert line.fields == {
        "verification_id": record.verification_id,
        "status": "completed",
        "version": 1,
    }
    assert world.publish() == []
    assert len(world.bus.accepted) == 1


def test_a_kept_result_that_comes_after_the_sweep_is_a_new_version(world: World) -> None:
    result = kept(world)
    world.clock.advance(OVERDUE)
    world.sweeper().sweep()
    world.recoverer().store(result)
    (record,) = world.records()
    assert (record.status, record.version, record.reasons) == (Status.COMPLETED, 2, ())


def test_a_kept_unknown_that_comes_after_the_sweep_changes_nothing(world: World) -> None:
    result = replace(
        kept(world), status=Status.UNKNOWN, reasons=("timeout",), decision=None, score=None
    )
    world.clock.advance(OVERDUE)
    world.sweeper().sweep()
    before = world.records()
    world.recoverer().store(result)
    assert world.records() == before


def test_a_kept_result_of_an_attempt_that_is_over_is_refused(world: World) -> None:
    result = kept(world)
    attempt_reference = result.attempt_reference
    of_another_life = replace(
        attempt_reference, deadline=attempt_reference.deadline + timedelta(days=2)
    )
    for stale in (
        replace(attempt_reference, attempt=2),
        AttemptReference("0" * 32, 1, NOON),
        of_another_life,
    ):
        with pytest.raises(ResultRefusedError):
            world.recoverer().store(replace(result, attempt_reference=stale))
    assert "result_recovered" not in world.telemetry.counts


@pytest.mark.parametrize("swept", [False, True])
def test_a_kept_result_is_never_given_to_a_later_verification_under_its_key(
    world: World, *, swept: bool
) -> None:
    result = kept(world)
    world.clock.advance(24 * 3600)
    abandon(world, "key-1")
    world.clock.advance(OVERDUE)
    if swept:
        world.sweeper().sweep()
    before = world.records()
    assert before[0].verification_id == result.attempt_reference.verification_id
    for late in (result, replace(result, ended_at=world.clock.now())):
        with pytest.raises(ResultRefusedError):
            world.recoverer().store(late)
    assert world.records() == before
