"""20,000 broken answers over real sockets: nothing unhandled, nothing slow, nothing made up."""

import socket
import time
from collections import Counter, deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pytest

from liveness_gateway.adapters.secrets import Credentials
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.bootstrap import SystemClock
from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.verify import Verifier
from tests.adapters.raw_server import RawServer, read_request
from tests.api.gateway import Gateway
from tests.bodies import seeded
from tests.soak.amount import amount
from tests.soak.answers import broken, may_be_live
from tests.world import World

SHARDS: Final = 8
ANSWERS: Final = amount(20_000) // SHARDS
LONGEST: Final = 5.0
THRESHOLD: Final = Decimal("0.6")


class Patience(SystemClock):
    """Real time without the waits between two tries."""

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= 2


class Fixed:
    """Credentials that never change, and a breaker that never opens."""

    def get(self) -> Credentials:
        return Credentials("id", "key", "1")

    def refresh(self) -> Credentials | None:
        return None

    def admit(self) -> "Fixed":
        return self

    def succeeded(self) -> None:
        """Nothing changes."""

    def failed(self) -> None:
        """Nothing changes."""

    def refused(self) -> None:
        """Nothing changes."""


class SocketWorld(World):
    """The world with the real client of the liveness API in it."""

    address = ""

    def service(self) -> Verifier:
        return Verifier(
            ledger=self.ledger,
            upstream=UpstreamClient(
                transport=HttpTransport(),
                dialect=DIALECTS["v0.2"],
                base_url=self.address,
                credentials=Fixed(),
                breaker=Fixed(),
                clock=Patience(),
                telemetry=self.telemetry,
            ),
            fingerprints=self.fingerprints,
            emergency=self.emergency,
            clock=self.clock,
            telemetry=self.telemetry,
            policy=self.policy,
        )


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
    random = seeded("answers", shard)
    world = SocketWorld()
    world.address = f"http://127.0.0.1:{server.port}"
    gateway = Gateway(world)
    outcomes: Counter[str] = Counter()
    for number in range(ANSWERS):
        sent.clear()
        sent.append(broken(random))
        started = time.monotonic()
        answered = gateway.post()
        assert time.monotonic() - started < LONGEST, (number, sent)
        assert answered.status in {201, 502, 503, 504}, (number, answered.text, sent)
        outcome = answered.body.get("decision") or answered.body["code"]
        if outcome == "live":
            assert may_be_live(sent[0], THRESHOLD), (number, sent)
        outcomes[str(outcome)] += 1
    assert Status.PROCESSING not in {record.status for record in world.ledger.all()}
    assert server.connections <= ANSWERS * 1.1 + 1
    assert "unhandled" not in world.telemetry.counts
    assert not [line for line in gateway.telemetry.lines if line["level"] == "CRITICAL"]
    seldom = {
        name
        for name in ("live", "not_live", "inconclusive", "upstream_bad_answer")
        if outcomes[name] < ANSWERS / 100
    }
    assert not seldom, f"nothing is learned of {seldom}: {outcomes}"
