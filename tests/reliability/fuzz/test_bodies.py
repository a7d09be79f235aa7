"""Broken request bodies: no 5xx, nothing unhandled, nothing slow, no call but for a 2xx.

20,000 of them, or 200,000 with SOAK=1.
"""

import base64
import time
from typing import Any, Final

import pytest

from tests.bodies import seeded
from tests.reliability.fuzz.bodies import amount, broken
from tests.reliability.fuzz.functions import Fuzzed

SHARDS: Final = 10
BODIES: Final = amount(200_000) // SHARDS
# Of the processor, not of the clock: a busy machine does not matter. One takes a millisecond.
LONGEST: Final = 5.0
ALLOWED: Final = frozenset({200, 201, 400, 413, 415, 422})


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_body_does_harm(shard: int) -> None:
    random, function = seeded("bodies", shard), Fuzzed()
    created = 0
    for number in range(BODIES):
        event = broken(random)
        started = time.process_time()
        answer = function.send(event)
        assert time.process_time() - started < LONGEST, number
        assert answer["statusCode"] in ALLOWED, (number, answer["body"])
        fresh = answer["statusCode"] < 300 and "Idempotency-Replayed" not in answer["headers"]
        created += fresh
        # What is let through is a part of what was sent.
        assert not fresh or function.liveness_api.received[-1].content in _decoded(event), number
    assert len(function.liveness_api.received) == created
    # A claim and a result each.
    assert len(function.table.stream) == 2 * created
    assert BODIES / 50 < created < BODIES / 2, "nothing is learned of what is let through, or not"
    assert function.nothing_unhandled()


def _decoded(event: dict[str, Any]) -> bytes:
    body: str = event["body"]
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
