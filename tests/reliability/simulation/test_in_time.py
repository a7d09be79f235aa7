"""I11, I13: every answer within 28 seconds, whatever hangs; and what is erased meanwhile."""

from itertools import combinations

import pytest

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request
from tests.reliability.simulation.troubles import trouble

HANGING = {
    # They are read before the call, too, from the cache: what hangs is their refresh.
    "credentials": ("secret.upstream",),
    "breaker": ("breaker.save", "breaker.count"),
    "table": ("table.update",),
    "emergency queue": ("emergency.send",),
}


@pytest.mark.parametrize("behaviour", ["silent", "slow", "refused credentials, slowly"])
@pytest.mark.parametrize("down", [c for n in range(5) for c in combinations(HANGING, n)])
def test_any_services_hang_after_the_call(
    gateway: Gateway, behaviour: str, down: tuple[str, ...]
) -> None:
    gateway.ask(Request(key="warm")).run()
    troubles = [trouble(effect, "hung", 99) for name in down for effect in HANGING[name]]
    gateway.ask(Request(behaviours=[behaviour]), troubles).run()
    # R10: the call ends by its deadline of 20 s, and what comes after it takes 5 s at most.
    assert gateway.history.answers[-1].own_seconds <= 25


def test_second_calls_are_a_tenth_at_most(gateway: Gateway) -> None:
    for number in range(40):
        gateway.ask(Request(key=f"key-{number}", behaviours=["too many, soon", "live"])).run()
        gateway.clock.advance(31)
    assert len(gateway.history.posts) <= 40 * 1.1 + 1


def test_a_record_erased_while_its_call_runs_stays_erased(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.erase_all()
    running.run()
    assert gateway.codes() == ["internal"]
    assert not gateway.table.items
