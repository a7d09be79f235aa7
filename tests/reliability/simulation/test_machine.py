"""The invariants hold whatever happens, in whatever order.

5,000 sequences of up to 30 steps; ten times as many with SOAK=1. A failure prints the shortest
sequence that shows it.
"""

import os
from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.simulation.machine import GatewayMachine

SHARDS: Final = 10
SEQUENCES: Final = 5_000 * (10 if os.environ.get("SOAK") else 1)
SHARD: Final = int(os.environ.get("SEQUENCES", SEQUENCES)) // SHARDS
# What must have happened this often in a hundred sequences, or they prove little. Which sequences
# are drawn depends on the modules that are loaded: a shard that saw too little draws more of them.
OFTEN: Final = {
    "call": 100,
    "processing -> completed": 40,
    "processing -> unknown": 40,
    "processing -> failed": 20,
    "failed -> processing": 5,
    "unknown -> completed": 3,
    "claim of an expired record": 1,
    "event": 200,
    "result kept": 20,
    "idempotency_conflict": 30,
    "in_progress": 10,
}
DRAWS: Final = 6
LIMITS: Final = settings(
    max_examples=SHARD,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.no_cover  # three times as slow with it, and the other tests reach every line
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_invariants_hold(shard: int) -> None:
    seen: Counter[str] = Counter()

    class Machine(GatewayMachine):
        def teardown(self) -> None:
            super().teardown()
            seen.update(self.happened())

    rare = dict(OFTEN)
    for draw in range(DRAWS):
        run_state_machine_as_test(seed(shard + draw * SHARDS)(Machine), settings=LIMITS)
        rare = {what: seen[what] for what in OFTEN if seen[what] < OFTEN[what] * SHARD / 100}
        if not rare:
            return
    raise AssertionError(f"hardly ever happened in {DRAWS} x {SHARD} sequences: {rare}")
