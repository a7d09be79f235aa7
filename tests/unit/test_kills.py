"""The process dies between any two effects: nothing is paid twice, lost, or said unstored."""

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import UpstreamAnswer
from liveness_gateway.verifications.ports import NotChargedError, OutcomeUnknownError, UpstreamError
from tests.fakes import KilledError, answer
from tests.world import World

# Every step of one request, telemetry and clock included; the last ones are past its end.
STEPS = range(24)
FATES: dict[str, UpstreamAnswer | UpstreamError] = {
    "live": answer(),
    "failed": NotChargedError("upstream_limit", "limit_reached"),
    "unknown": OutcomeUnknownError("upstream_timeout", "timeout"),
}


def die_at(world: World, step: int, fate: UpstreamAnswer | UpstreamError) -> bool:
    """Send a request that dies at this step; whether it got so far."""
    world.upstream.standard = fate
    world.faults.kill_at(step)
    try:
        world.verify()
    except KilledError:
        return True
    except ProblemError:
        pass
    finally:
        world.faults.clear()
        world.upstream.standard = answer()
    return False


def recover(world: World) -> None:
    world.clock.advance(62)
    world.sweeper().sweep()
    assert world.publish() == []


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step(world: World, step: int, fate: str) -> None:
    die_at(world, step, FATES[fate])
    asked = len(world.upstream.calls)
    recover(world)
    records = world.ledger.all()
    # I1 and I2: asked means claimed before, and settled now.
    assert len(records) >= asked
    assert all(record.status != "processing" for record in records)
    # I4 and I5: what is announced is stored, and what is stored is announced.
    assert len(world.bus.accepted) == sum(record.version for record in records)
    # I3: the same request again pays only if nothing can have been charged.
    charged = world.upstream.charges
    if any(record.status == "unknown" for record in records):
        with pytest.raises(ProblemError, match="upstream_timeout"):
            world.verify()
        assert world.upstream.charges == charged
    else:
        assert world.verify().replayed == bool(charged)
        assert world.upstream.charges == 1
    assert len(world.upstream.calls) <= 1 + (fate == "failed")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_of_a_second_attempt(world: World, step: int) -> None:
    die_at(world, 10_000, FATES["failed"])
    die_at(world, step, FATES["live"])
    recover(world)
    (record,) = world.ledger.all()
    assert record.status != "processing"
    assert world.upstream.charges <= 1
    assert len(world.bus.accepted) == record.version
    assert len({entry.id for entry in world.bus.accepted}) == record.version


@pytest.mark.parametrize("step", range(12))
def test_a_publisher_killed_at_any_step_announces_all_of_it_later(world: World, step: int) -> None:
    for number in range(12):
        world.verify(f"key-{number}")
    world.faults.kill_at(step)
    try:
        world.publish()
    except KilledError:
        world.published = 0  # the stream delivers the batch again
    world.faults.clear()
    assert world.publish() == []
    assert len({entry.id for entry in world.bus.accepted}) == 12


@pytest.mark.parametrize("step", range(10))
def test_a_sweep_killed_at_any_step_is_finished_by_the_next(world: World, step: int) -> None:
    for number in range(3):
        world.upstream.will(KilledError())
        with pytest.raises(KilledError):
            world.verify(f"key-{number}")
    world.clock.advance(62)
    world.faults.kill_at(step)
    with pytest.raises(KilledError):
        world.sweeper().sweep()
    world.faults.clear()
    world.sweeper().sweep()
    assert {record.status for record in world.ledger.all()} == {"unknown"}
    assert len(world.ledger.records()) == 3


def test_the_steps_reach_past_the_end_of_a_request(world: World) -> None:
    assert not die_at(world, STEPS[-1], FATES["live"])
    assert 8 < len(world.faults.steps) <= STEPS[-1]
