"""The functions over doubles of all that is outside them: where most tests of behaviour start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypedDict, TypeVar, Unpack, cast

from botocore.exceptions import ClientError

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.dynamodb.messages import kept_result
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.bootstrap.verify import VerifyClients, build_verifier
from liveness_gateway.settings import VerifySettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.model import (
    MultipleFaces,
    Selfie,
    TerminalResult,
    Verification,
)
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from liveness_gateway.verifications.requests import Outcome, VerificationRequest
from liveness_gateway.verifications.verify import Verifier
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.bus import BusDouble
from tests.doubles.clock import ManualClock
from tests.doubles.counter_table import CounterTableDouble
from tests.doubles.liveness_api import ADDRESS, LivenessApi, ScriptedOutcome
from tests.doubles.queue import QueueDouble
from tests.doubles.secrets import FINGERPRINT_ARN, UPSTREAM_ARN, SecretsDouble
from tests.doubles.table import TABLE, TableDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.faults import Faults
from tests.samples import selfie

T = TypeVar("T")

SETTINGS: Final = VerifySettings(
    stage="local",
    powertools_metrics_namespace="liveness-gateway",
    table_name=TABLE,
    allowed_origins=("https://app.example.com", "https://other.example.com"),
    upstream_url=ADDRESS,
    upstream_dialect="v0.2",
    upstream_secret_arn=UPSTREAM_ARN,
    fingerprint_secret_arn=FINGERPRINT_ARN,
    breaker_table_name="breaker",
    budget_table_name="budgets",
    emergency_queue_url="emergency",
    default_threshold=Decimal("0.6"),
    minimum_threshold=Decimal("0.5"),
    minimum_side=0,
    maximum_side=0,
    retention_hours=24,
    multiple_faces=MultipleFaces.INCONCLUSIVE,
    # Most selfies of the tests are no pictures; what is forwarded has tests of its own.
    forward_metadata=True,
    client_calls_per_day=0,
    client_calls_per_month=0,
)


def refused(code: str = "ThrottlingException") -> ClientError:
    """What an AWS client raises when the service refuses a call."""
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, "Operation")


class Changes(TypedDict, total=False):
    """In what a request differs from the usual one."""

    client_id: str
    image: Selfie
    threshold: str
    subject_ref: str


@dataclass
class World:
    """Everything outside the functions, doubled; all of it shares one `faults`.

    Functions keep nothing between requests but their caches, so each builder makes a new one: a
    process that was killed is simply not asked again.
    """

    settings: VerifySettings = SETTINGS
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.clock = ManualClock(faults=self.faults)
        self.telemetry = RecordingTelemetry(self.faults)
        self.table = TableDouble(self.faults)
        self.breaker_table = BreakerTableDouble(self.clock, self.faults)
        self.budget_table = CounterTableDouble(self.faults)
        self.secrets = SecretsDouble(self.faults)
        self.emergency = QueueDouble(self.faults, "emergency.send")
        self.dead_letters = QueueDouble(self.faults, "dead_letters.send")
        self.bus = BusDouble(self.faults)
        self.liveness_api = LivenessApi(self.clock, self.faults)
        self.ledger = DynamoDBLedger(cast("Any", self.table), TABLE)
        self._requests = 0

    def build(self, build: Callable[..., T], telemetry: InvocationTelemetry | None = None) -> T:
        """What `build_verify` or `build_verifier` makes over these doubles."""
        telemetry = telemetry or self.telemetry
        clients = (self.table, self.breaker_table, self.budget_table, self.secrets, self.emergency)
        return build(
            self.settings,
            clients=VerifyClients(*cast("tuple[Any, Any, Any, Any, Any]", clients)),
            clock=self.clock,
            telemetry=telemetry,
            transport=self.liveness_api,
            breaker_store=self.breaker_table.store(telemetry),
        )

    def verifier(self) -> Verifier:
        return self.build(build_verifier)

    def sweeper(self) -> Sweeper:
        return Sweeper(self.ledger, self.clock, self.telemetry)

    def recoverer(self) -> Recoverer:
        return Recoverer(self.ledger, self.telemetry, self.settings.multiple_faces)

    def publisher(self, stage: str = "local") -> Publisher:
        bus = EventBridgeBus(cast("Any", self.bus), "bus")
        letters = SqsQueue(cast("Any", self.dead_letters), "letters")
        return Publisher(bus, letters, self.clock, self.telemetry, stage)

    def will(self, *scripts: ScriptedOutcome) -> None:
        """What the liveness API does next; then it is live again."""
        self.liveness_api.script.extend(scripts)

    def request(self, key: str | None = "key-1", **changes: Unpack[Changes]) -> VerificationRequest:
        """A new request: its correlation id is its own."""
        self._requests += 1
        threshold = changes.get("threshold")
        return VerificationRequest(
            client_id=changes.get("client_id", "client-1"),
            idempotency_key=key,
            event_id=f"event-{self._requests}",
            selfie=changes.get("image", selfie()),
            threshold=None if threshold is None else Decimal(threshold),
            subject_ref=changes.get("subject_ref"),
            correlation_id=f"request-{self._requests}",
            deadline=self.clock.monotonic() + 20,
        )

    def verify(self, key: str | None = "key-1", **changes: Unpack[Changes]) -> Outcome:
        """Send one request made by `request`."""
        return self.verifier().verify(self.request(key, **changes))

    def records(self) -> list[Verification]:
        """Everything in the table, expired or not."""
        return [verification_of(item) for item in self.table.items.values()]

    def kept(self) -> list[TerminalResult]:
        """What the emergency queue was given."""
        return [kept_result(body) for body in self.emergency.sent]

    @property
    def calls(self) -> int:
        """How many selfies were posted to the liveness API."""
        return len(self.liveness_api.received)

    @property
    def charges(self) -> int:
        """How many of them it may charge for."""
        return sum(post.doing.charged for post in self.liveness_api.received)
