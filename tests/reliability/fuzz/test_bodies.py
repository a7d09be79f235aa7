"""100,000 broken request bodies: no 5xx, nothing unhandled, nothing slow, no call but for a 2xx."""

import time
from typing import Final

import pytest

from tests.api.gateway import Gateway
from tests.api.test_fuzzed_bodies import broken
from tests.bodies import seeded
from tests.soak.amount import amount
from tests.world import World

SHARDS: Final = 10
BODIES: Final = amount(100_000) // SHARDS
LONGEST: Final = 5.0
ALLOWED: Final = frozenset({200, 201, 400, 413, 415, 422})


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_body_does_harm(shard: int) -> None:
    random = seeded("soak", shard)
    world = World()
    gateway = Gateway(world)
    created = 0
    for number in range(BODIES):
        event = broken(random)
        started = time.monotonic()
        answered = gateway.send(event)
        assert time.monotonic() - started < LONGEST, number
        assert answered.status in ALLOWED, (number, answered.text)
        created += answered.status < 400 and "Idempotency-Replayed" not in answered.headers
    assert len(world.upstream.calls) == created
    assert len(world.ledger.items) == created
    assert BODIES / 50 < created < BODIES / 2
    assert not [line for line in gateway.telemetry.lines if line["level"] == "CRITICAL"]
