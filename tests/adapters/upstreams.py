"""The client of the liveness API over doubles of its collaborators."""

from decimal import Decimal
from typing import Any, cast

from liveness_gateway.adapters.secrets import SecretsManager, UpstreamCredentials
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.ports import CircuitOpenError, Permit
from liveness_gateway.verifications.model import UpstreamAnswer
from liveness_gateway.verifications.ports import NotChargedError, OutcomeUnknownError
from tests.doubles.behaviours import Behaviour
from tests.doubles.clock import ManualClock
from tests.doubles.liveness_api import ADDRESS, LivenessApi, ScriptedOutcome
from tests.doubles.secrets import UPSTREAM_ARN, SecretsDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.faults import Faults
from tests.samples import selfie


def unsent(reason: str, seconds: float = 0.0) -> Behaviour:
    """Nothing was sent, for this reason."""
    return Behaviour(unsent=reason, charged=False, arrives=False, seconds=seconds)


class RecordingBreaker:
    """Admits while it is closed, and keeps how each call went. It is its own permit."""

    def __init__(self) -> None:
        self.closed = True
        self.ends: list[str] = []

    def admit(self) -> Permit:
        if not self.closed:
            raise CircuitOpenError(17.2)
        return self

    def succeeded(self) -> None:
        self.ends.append("succeeded")

    def failed(self) -> None:
        self.ends.append("failed")

    def refused(self) -> None:
        self.ends.append("refused")

    def undecided(self) -> None:
        self.ends.append("undecided")


class Upstreams:
    """A client whose liveness API does as scripted; the clock stands still unless that takes time.

    Its breaker only records: the circuit breaker has tests of its own.
    """

    def __init__(self, *scripts: ScriptedOutcome) -> None:
        self.left = 1000
        self.faults = Faults()
        self.clock = ManualClock()
        self.api = LivenessApi(self.clock, self.faults)
        self.api.script.extend(scripts)
        self.secrets = SecretsDouble(self.faults)
        self.breaker = RecordingBreaker()
        self.telemetry = RecordingTelemetry()
        secret = SecretsManager(cast("Any", self.secrets), UPSTREAM_ARN, self.clock)
        self.client = UpstreamClient(
            transport=self.api,
            dialect=DIALECTS["v0.2"],
            base_url=ADDRESS,
            credentials=UpstreamCredentials(secret),
            breaker=self.breaker,
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def spend(self) -> None:
        """What a client's budgets do: refuse once so many calls were made."""
        if self.left <= 0:
            raise NotChargedError("rate_limited", "day_budget_used_up", retry_after=60)
        self.left -= 1

    def verify(self, seconds: float = 20) -> UpstreamAnswer:
        deadline = self.clock.monotonic() + seconds
        return self.client.verify(selfie(), Decimal("0.6"), deadline, self.spend)

    def outcome(self, seconds: float = 20) -> str:
        """`answered`, or `failed` (not charged) or `unknown` with code and reason."""
        try:
            self.verify(seconds)
        except NotChargedError as fault:
            return f"failed {fault.code} {fault.reason}"
        except OutcomeUnknownError as fault:
            return f"unknown {fault.code} {fault.reason}"
        return "answered"

    @property
    def calls(self) -> int:
        return len(self.api.received)
