"""The sweep and the emergency queue's consumer: what they store and what the operator sees.

Two of them at once, late results and lost answers: `tests/reliability`.
"""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Decision, Status
from liveness_gateway.verifications.ports import ResultRefusedError
from tests.faults import KilledError
from tests.samples import claim, completed
from tests.world import World, refused


def abandon(world: World, *keys: str) -> None:
    """Let the function die after upstream was asked."""
    for key in keys:
        world.faults.fail("transport.post", KilledError(), "after")
        with pytest.raises(KilledError):
            world.verify(key)


def test_an_overdue_verification_becomes_unknown(world: World) -> None:
    """A claim lives 60 s; the index compares whole seconds, so it is overdue a second later."""
    abandon(world, "key-1")
    world.clock.advance(60)
    assert world.sweeper().sweep() == 0
    world.clock.advance(2)
    assert world.sweeper().sweep() == 1
    (record,) = world.records()
    assert (record.status, record.reasons) == (Status.UNKNOWN, ("abandoned",))
    assert (record.problem_code, record.version) == ("upstream_timeout", 1)
    assert record.ended_at == world.clock.now()
    assert world.telemetry.counts == {"verification_unknown": 1}
    (line,) = world.telemetry.lines
    assert (line.message, line.level) == ("verification abandoned", logging.ERROR)
    assert line.fields == {"verification_id": record.verification_id, "attempt": 1}


def test_a_sweep_whose_index_lags_counts_nothing_twice(world: World) -> None:
    abandon(world, "key-1", "key-2")
    world.clock.advance(62)
    world.table.lagging = True
    assert world.sweeper().sweep() == 2
    world.clock.advance(300)
    assert world.sweeper().sweep() == 0
    assert world.telemetry.counts["verification_unknown"] == 2


@pytest.mark.parametrize(
    ("score", "faces", "said", "stored"),
    [
        ("0.2", 1, (Decision.LIVE, ()), (Decision.NOT_LIVE, ("below_threshold",))),
        ("0.6", 1, (Decision.NOT_LIVE, ("below_threshold",)), (Decision.LIVE, ())),
        ("0.99", 2, (Decision.LIVE, ()), (Decision.INCONCLUSIVE, ("multiple_faces",))),
    ],
)
def test_a_kept_result_is_decided_again(
    world: World,
    score: str,
    faces: int,
    said: tuple[Decision, tuple[str, ...]],
    stored: tuple[Decision, tuple[str, ...]],
) -> None:
    made = claim(at=world.clock.now())
    world.ledger.claim(made)
    result = replace(completed(made, score=score), face_count=faces, faces=())
    world.recoverer().store(replace(result, decision=said[0], reasons=said[1]))
    (record,) = world.records()
    assert (record.decision, record.reasons) == stored


def test_an_attempt_the_table_does_not_end_now_stops_no_other(world: World) -> None:
    abandon(world, "key-1", "key-2", "key-3")
    world.clock.advance(62)
    world.faults.fail("table.update", refused())
    assert world.sweeper().sweep() == 2
    assert world.telemetry.counts == {"sweep_failed": 1, "verification_unknown": 2}
    assert world.sweeper().sweep() == 1


def test_a_kept_result_is_stored_and_that_of_another_life_of_its_record_is_not(
    world: World,
) -> None:
    world.faults.fail("table.update", refused(), times=10_000)
    with pytest.raises(ProblemError):
        world.verify()
    world.faults.clear()
    (result,) = world.kept()
    claimed = result.attempt_reference
    later = replace(claimed, deadline=claimed.deadline + timedelta(days=2))
    with pytest.raises(ResultRefusedError):
        world.recoverer().store(replace(result, attempt_reference=later))
    assert "result_recovered" not in world.telemetry.counts
    world.recoverer().store(result)
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
