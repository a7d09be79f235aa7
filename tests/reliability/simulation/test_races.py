"""Races between two processes, at every step of one of them (I2, I3, I8, I9, I11).

Each in one order only is tested where it is decided, in `tests/unit/verifications`.
"""

import pytest

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request
from tests.reliability.simulation.rest import rest
from tests.reliability.simulation.troubles import trouble

REFUSED_TWICE = Request(behaviours=["refused connection"] * 2)
# A request that starts a next attempt takes no more steps than these.
STEPS = range(13)


def attempts(gateway: Gateway) -> list[int]:
    return [write.new["attempt"] for write in gateway.history.claims()]


@pytest.mark.parametrize("steps", STEPS)
def test_only_one_of_two_starts_the_next_attempt(gateway: Gateway, steps: int) -> None:
    gateway.ask(REFUSED_TWICE).run()
    first, second = gateway.ask(Request()), gateway.ask(Request())
    first.step(steps)
    second.run()
    first.run()
    assert sorted(map(str, gateway.codes()[1:])) in (["None", "None"], ["None", "in_progress"])
    assert attempts(gateway) == [1, 2]


@pytest.mark.parametrize("steps", STEPS)
def test_a_next_attempt_beside_a_sweep(gateway: Gateway, steps: int) -> None:
    gateway.ask(REFUSED_TWICE).run()
    sweep, again = gateway.sweep(), gateway.ask(Request())
    gateway.clock.advance(20)
    again.step(steps)
    gateway.clock.jump(300)
    sweep.run()
    again.run()
    assert gateway.record()["status"] == "completed"


@pytest.mark.parametrize("steps", STEPS)
def test_a_kept_refusal_beside_the_next_attempt(gateway: Gateway, steps: int) -> None:
    # Its write was applied and its answer lost: the attempt is over, the message still there.
    first = [trouble("table.update", "lost", 99)]
    gateway.ask(Request(behaviours=["limit"]), first).run()
    gateway.clock.advance(70)  # the breaker closes
    again = gateway.ask(Request())
    again.step(steps)
    gateway.recover(list(gateway.emergency.messages)).run()
    again.run()
    rest(gateway)
    assert gateway.record()["status"] == "completed"
    assert attempts(gateway) == [1, 2]


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("behaviour", ["live", "silent", "limit"])
def test_two_sweeps_beside_a_kept_result(gateway: Gateway, behaviour: str, steps: int) -> None:
    gone = [trouble("table.update", "unreachable", 99)]
    gateway.ask(Request(behaviours=[behaviour]), gone).run()
    gateway.clock.advance(61)
    one, other = gateway.sweep(), gateway.sweep()
    one.step(steps)
    late = gateway.recover(list(gateway.emergency.messages))
    late.step(steps // 2)
    other.run()
    late.run()
    one.run()
    assert sum(write.terminal for write in gateway.history.writes) in {1, 2}


def test_a_record_erased_while_its_call_runs_stays_erased(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.erase_all()
    running.run()
    assert gateway.codes() == ["internal"]
    assert not gateway.table.items
