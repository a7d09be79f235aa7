"""The warm copies of `verify`: what Lambda calls an execution environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.secrets import HmacFingerprints, SecretsManager, UpstreamCredentials
from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.adapters.upstream.breaker import CircuitBreaker
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.window import SharedWindow
from liveness_gateway.clock import Clock
from liveness_gateway.entrypoints.http.presenters import compat_body
from liveness_gateway.entrypoints.http.problems import problem_body
from liveness_gateway.problems import ProblemError
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.records import verification_body
from liveness_gateway.verifications.requests import Policy, VerificationRequest
from liveness_gateway.verifications.verify import Verifier
from tests.fakes import selfie
from tests.invariants.breaker_table import BreakerTableDouble
from tests.invariants.history import Content
from tests.invariants.liveness_api import ADDRESS, LivenessApi
from tests.invariants.outside import (
    FINGERPRINT_ARN,
    UPSTREAM_ARN,
    QueueDouble,
    SecretsDouble,
)
from tests.invariants.table import TABLE, TableDouble

DEFAULT_THRESHOLD: Final = Decimal("0.6")
MINIMUM_THRESHOLD: Final = Decimal("0.5")
_LONGEST_CALL: Final = 20


@dataclass(frozen=True)
class Request:
    """A POST that has passed the rules of input.

    The liveness API will show `behaviours`, one for each time it is called, then be live.
    """

    image: bytes = b"\xff\xd8\xffimage-canary-1"
    threshold: Decimal | None = None
    subject_ref: str | None = None
    client_id: str = "client-1"
    key: str | None = "key-1"
    behaviours: Sequence[str] = ()

    @property
    def content(self) -> Content:
        return Content(self.image, self.threshold or DEFAULT_THRESHOLD, self.subject_ref)


@dataclass(frozen=True)
class Surroundings:
    """What a copy of `verify` is wired to."""

    clock: Clock
    telemetry: Telemetry
    policy: Policy
    table: TableDouble
    secrets: SecretsDouble
    api: LivenessApi
    breaker_table: BreakerTableDouble
    emergency: QueueDouble


class Copy:
    """One warm copy: it holds its caches, and serves one request at a time."""

    def __init__(self, number: int, around: Surroundings) -> None:
        self.number = number
        self.busy = False
        self._clock = around.clock
        self._service = _service(around)

    def answer(self, request: Request, correlation_id: str) -> tuple[str | None, dict[str, Any]]:
        """What the edge makes of the service: a problem's code (None for a 2xx) and the body."""
        asked = VerificationRequest(
            client_id=request.client_id,
            idempotency_key=request.key,
            selfie=selfie(request.image),
            threshold=request.threshold,
            subject_ref=request.subject_ref,
            correlation_id=correlation_id,
            deadline=self._clock.monotonic() + _LONGEST_CALL,
        )
        try:
            outcome = self._service.verify(asked)
        except ProblemError as problem:
            return problem.code, dict(problem_body(problem, correlation_id))
        except Exception:  # noqa: BLE001 - the edge's own promise: nothing of it is shown
            return "internal", {}
        body = verification_body(outcome.verification)
        return None, {**body, "wire": compat_body(outcome.verification)}


class Copies:
    """All copies: a free one takes the next request, else a new one starts."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._all: list[Copy] = []

    def free(self) -> Copy:
        """A copy for one request. One that is killed stays busy for ever."""
        found = next((copy for copy in self._all if not copy.busy), None)
        if found is None:
            found = Copy(len(self._all), self._around)
            self._all.append(found)
        found.busy = True
        return found


def _service(around: Surroundings) -> Verifier:
    secrets = cast("Any", around.secrets)
    table, clock, telemetry = around.breaker_table, around.clock, around.telemetry
    window = SharedWindow(cast("Any", table), "breaker", clock, telemetry)
    upstream = UpstreamClient(
        transport=around.api,
        dialect=DIALECTS["v0.2"],
        base_url=ADDRESS,
        credentials=UpstreamCredentials(SecretsManager(secrets, UPSTREAM_ARN, around.clock)),
        breaker=CircuitBreaker(table, clock, telemetry, window),
        clock=around.clock,
        telemetry=around.telemetry,
    )
    return Verifier(
        ledger=DynamoDBLedger(cast("Any", around.table), TABLE),
        upstream=upstream,
        fingerprints=HmacFingerprints(SecretsManager(secrets, FINGERPRINT_ARN, around.clock)),
        emergency=SqsEmergencyQueue(SqsQueue(cast("Any", around.emergency), "emergency")),
        clock=around.clock,
        telemetry=around.telemetry,
        policy=around.policy,
    )
