"""The real use cases over the fakes: what most tests of behaviour start from."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from liveness_gateway.verifications.model import MultipleFaces, Selfie
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.read import RecordReader
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from liveness_gateway.verifications.requests import Outcome, Policy, VerificationRequest
from liveness_gateway.verifications.verify import Verifier
from tests.fakes import (
    FakeBus,
    FakeEmergencyQueue,
    FakeFingerprints,
    FakeLedger,
    FakeQueue,
    FakeUpstream,
    Faults,
    ManualClock,
    RecordingTelemetry,
    selfie,
)

POLICY = Policy(
    default_threshold=Decimal("0.6"),
    minimum_threshold=Decimal("0.5"),
    retention=timedelta(hours=24),
    multiple_faces=MultipleFaces.INCONCLUSIVE,
)


class Changes(TypedDict, total=False):
    """In what a request differs from the usual one."""

    client_id: str
    image: Selfie
    threshold: str
    subject_ref: str


@dataclass
class World:
    """A gateway whose every outside is a fake; all share one `faults`.

    Functions hold no state between requests but their caches, so `service()` makes a new one each
    time: a process that was killed is simply not asked again.
    """

    policy: Policy = POLICY
    faults: Faults = field(default_factory=Faults)
    published: int = 0

    def __post_init__(self) -> None:
        self.clock = ManualClock(faults=self.faults)
        self.ledger = FakeLedger(self.faults)
        self.upstream = FakeUpstream(self.faults)
        self.fingerprints = FakeFingerprints(faults=self.faults)
        self.emergency = FakeEmergencyQueue(self.faults)
        self.bus = FakeBus(self.faults)
        self.dead_letters = FakeQueue(self.faults)
        self.telemetry = RecordingTelemetry(self.faults)
        self._requests = 0

    def service(self) -> Verifier:
        return Verifier(
            ledger=self.ledger,
            upstream=self.upstream,
            fingerprints=self.fingerprints,
            emergency=self.emergency,
            clock=self.clock,
            telemetry=self.telemetry,
            policy=self.policy,
        )

    def reader(self) -> RecordReader:
        return RecordReader(self.ledger, self.clock)

    def sweeper(self) -> Sweeper:
        return Sweeper(self.ledger, self.clock, self.telemetry)

    def recoverer(self) -> Recoverer:
        return Recoverer(self.ledger, self.telemetry)

    def publisher(self, stage: str = "local") -> Publisher:
        return Publisher(self.bus, self.dead_letters, self.clock, self.telemetry, stage)

    def request(self, key: str | None = "key-1", **changes: Unpack[Changes]) -> VerificationRequest:
        """A new request: its correlation id is its own."""
        self._requests += 1
        threshold = changes.get("threshold")
        return VerificationRequest(
            client_id=changes.get("client_id", "client-1"),
            idempotency_key=key,
            selfie=changes.get("image", selfie()),
            threshold=None if threshold is None else Decimal(threshold),
            subject_ref=changes.get("subject_ref"),
            correlation_id=f"request-{self._requests}",
            deadline=self.clock.monotonic() + 20,
        )

    def verify(self, key: str | None = "key-1", **changes: Unpack[Changes]) -> Outcome:
        """Send one request made by `request`."""
        return self.service().verify(self.request(key, **changes))

    def publish(self) -> list[str]:
        """Give the publisher what is new in the stream; what it wants again comes again alone."""
        records = self.ledger.records(self.published)
        self.published = len(self.ledger.stream)
        return self.publisher().publish(records)
