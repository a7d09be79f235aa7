"""Broken answers over real sockets: nothing unhandled, nothing slow, nothing made up.

8,000 of them, or 80,000 with SOAK=1.
"""

import json
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pytest

from tests.adapters.exchange import PatientTransport
from tests.adapters.raw_server import RawServer, read_request
from tests.bodies import form, seeded
from tests.images import drawn
from tests.reliability.fuzz.answers import broken, may_be_live
from tests.reliability.fuzz.bodies import amount, post_event
from tests.reliability.fuzz.functions import Fuzzed

SHARDS: Final = 8
ANSWERS: Final = amount(80_000) // SHARDS
# Of the processor, not of the clock: a busy machine does not matter.
LONGEST: Final = 5.0
THRESHOLD: Final = Decimal("0.6")
EVENT: Final = post_event(form("curl", drawn("JPEG")))


@pytest.fixture
def sent() -> deque[bytes]:
    return deque()


@pytest.fixture
def server(sent: deque[bytes]) -> Iterator[RawServer]:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        # The same again where it is asked twice.
        connection.sendall(sent[0])

    with RawServer(behave) as running:
        yield running


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_answer_does_harm(server: RawServer, sent: deque[bytes], shard: int) -> None:
    random, function = seeded("answers", shard), Fuzzed(PatientTransport(server.url))
    outcomes: Counter[str] = Counter()
    for number in range(ANSWERS):
        sent.clear()
        sent.append(broken(random))
        started = time.process_time()
        answer = function.send(EVENT)
        assert time.process_time() - started < LONGEST, (number, sent)
        assert answer["statusCode"] in {201, 502, 503, 504}, (number, answer["body"], sent)
        said = json.loads(answer["body"])
        outcome = said.get("decision") or said["code"]
        if outcome == "live":
            assert may_be_live(sent[0], THRESHOLD), (number, sent)
        outcomes[outcome] += 1
    assert {item["status"]["S"] for item in function.table.items.values()} <= {
        "completed", "failed", "unknown",
    }  # fmt: skip
    assert server.connections <= ANSWERS * 1.1 + 1
    assert function.nothing_unhandled()
    seldom = {
        name
        for name in ("live", "not_live", "inconclusive", "upstream_bad_answer")
        if outcomes[name] < ANSWERS / 100
    }
    assert not seldom, f"nothing is learned of {seldom}: {outcomes}"
