"""The invariants hold whatever happens, in whatever order.

5,000 sequences of up to 30 steps; ten times as many with SOAK=1. The same sequences each time: a
failure prints the shortest one that shows it.
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
STEPS: Final = 30
# With fewer, chance decides what happens.
ENOUGH: Final = 100
# What must have happened this often in a hundred sequences, or they prove little.
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


@pytest.mark.no_cover  # three times as slow with it, and the other tests reach every line
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("number", range(SHARDS))
def test_the_invariants_hold(number: int) -> None:
    seen: Counter[str] = Counter()

    class Machine(GatewayMachine):
        def teardown(self) -> None:
            super().teardown()
            seen.update(self.happened())

    limits = settings(
        max_examples=SHARD,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Machine), settings=limits)
    if SHARD < ENOUGH:
        return
    rare = {name: seen[name] for name, often in OFTEN.items() if seen[name] < often * SHARD / 100}
    assert not rare, f"hardly ever happened in {SHARD} sequences: {rare}"
