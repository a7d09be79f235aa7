"""I13: every answer within 28 seconds, whatever hangs."""

from itertools import combinations

import pytest

from tests.invariants.copies import Request
from tests.invariants.gateway import Gateway
from tests.invariants.troubles import trouble

HANGING = {
    "credentials": ("secret.upstream", 1),
    "breaker": ("breaker.save", 0),
    "table": ("table.update", 0),
    "emergency queue": ("emergency.send", 0),
}


@pytest.mark.parametrize("behaviour", ["silent", "slow", "refused credentials, slowly"])
@pytest.mark.parametrize("down", [c for n in range(5) for c in combinations(HANGING, n)])
def test_any_services_hang_after_the_call(
    gateway: Gateway, behaviour: str, down: tuple[str, ...]
) -> None:
    # The credentials are read before: what hangs is their refresh.
    gateway.ask(Request(key="warm")).run()
    troubles = [trouble(HANGING[name][0], "hung", 99) for name in down]
    gateway.ask(Request(behaviours=[behaviour]), troubles).run()
    assert gateway.history.answers[-1].own_seconds <= 28
