"""Races that are worth a name: who is where when another one comes (I2, I3, I8, I9)."""

import pytest

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request, selfie
from tests.reliability.simulation.rest import later, rest
from tests.reliability.simulation.troubles import trouble

REFUSED_TWICE = Request(behaviours=["refused connection"] * 2)
# A request that starts a next attempt takes no more steps than these.
STEPS = range(13)


def keep_in_emergency(gateway: Gateway, behaviour: str = "live") -> None:
    """The call was made, the table takes nothing, the queue has the result."""
    gone = trouble("table.update", "unreachable", 99)
    gateway.ask(Request(behaviours=[behaviour]), [gone]).run()
    assert gateway.codes()[-1] == "upstream_unavailable"
    assert len(gateway.emergency.messages) == 1


def recover(gateway: Gateway) -> None:
    gateway.recover(list(gateway.emergency.messages)).run()


def versions(gateway: Gateway) -> list[tuple[str, int]]:
    return [
        (str(write.new["status"]), int(write.new["version"]))
        for write in gateway.history.writes
        if write.terminal
    ]


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


def test_who_comes_late_starts_no_attempt_that_is_over(gateway: Gateway) -> None:
    gateway.ask(REFUSED_TWICE).run()
    late = gateway.ask(Request())
    late.hold_at("table.put", "after")  # it was shown the first attempt
    gateway.ask(REFUSED_TWICE).run()
    late.run()
    assert gateway.codes()[-1] == "in_progress"
    assert attempts(gateway) == [1, 2]


@pytest.mark.parametrize("steps", STEPS)
def test_a_next_attempt_beside_a_sweep(gateway: Gateway, steps: int) -> None:
    gateway.ask(REFUSED_TWICE).run()
    sweep, again = gateway.sweep(), gateway.ask(Request())
    later(gateway, seconds=20)
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
    later(gateway, seconds=70)  # the breaker closes
    again = gateway.ask(Request())
    again.step(steps)
    recover(gateway)
    again.run()
    rest(gateway)
    assert gateway.record()["status"] == "completed"
    assert attempts(gateway) == [1, 2]


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("behaviour", ["live", "silent", "limit"])
def test_two_sweeps_beside_a_kept_result(gateway: Gateway, behaviour: str, steps: int) -> None:
    keep_in_emergency(gateway, behaviour)
    later(gateway, seconds=61)
    one, other = gateway.sweep(), gateway.sweep()
    one.step(steps)
    late = gateway.recover(list(gateway.emergency.messages))
    late.step(steps // 2)
    other.run()
    late.run()
    one.run()
    assert len(versions(gateway)) in {1, 2}


def test_a_late_result_is_a_new_version_with_its_own_event(gateway: Gateway) -> None:
    keep_in_emergency(gateway)
    later(gateway, seconds=61)
    gateway.sweep().run()
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] == "upstream_timeout"
    recover(gateway)
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] is None
    assert versions(gateway) == [("unknown", 1), ("completed", 2)]
    assert "problem_code" not in gateway.record()
    gateway.publish(gateway.new_in_stream()).run()
    assert len({event.detail["metadata"]["id"] for event in gateway.history.accepted}) == 2


@pytest.mark.parametrize("kept", ["live", "limit"])
def test_a_kept_result_that_outlived_its_record_ends_no_other(gateway: Gateway, kept: str) -> None:
    keep_in_emergency(gateway, kept)
    later(gateway, hours=25)
    other = Request(image=selfie(b"of another"), behaviours=["silent"])
    gateway.ask(other).run()
    recover(gateway)
    gateway.ask(other).run()
    assert gateway.codes()[1:] == ["upstream_timeout", "upstream_timeout"]


def test_an_index_that_lags_ends_no_younger_claim(gateway: Gateway) -> None:
    gateway.ask_and_die()
    gateway.table.lagging = True
    later(gateway, hours=25)
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.sweep().run()
    assert gateway.record()["status"] == "processing"
    running.run()
    assert versions(gateway) == [("completed", 1)]
