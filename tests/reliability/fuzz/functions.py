"""The function `verify` over the doubles, for one event after the other."""

import json
from dataclasses import dataclass
from typing import Any

from liveness_gateway.adapters.upstream.ports import Transport
from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.bus import BusDouble
from tests.doubles.lambda_context import LambdaContextDouble
from tests.doubles.liveness_api import LivenessApi
from tests.doubles.queue import QueueDouble
from tests.doubles.secrets import SecretsDouble
from tests.doubles.table import TableDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.reliability.simulation.functions import Functions
from tests.reliability.simulation.gateway import DAY
from tests.reliability.simulation.outside import Outside
from tests.reliability.simulation.steering import Steering

# After a minute no circuit is open any more.
_APART = 61


@dataclass(frozen=True)
class Answer:
    """What a caller gets."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def outcome(self) -> str:
        """The decision, or the problem's code."""
        body = json.loads(self.text)
        return str(body.get("decision") or body.get("code"))


class Fuzzed:
    """One environment of `verify`, its telemetry, and what it leaves behind."""

    def __init__(self, transport: Transport | None = None) -> None:
        clock = Steering().clock
        self.clock, self.telemetry = clock, RecordingTelemetry()
        self.table, self.api = TableDouble(), LivenessApi(clock)
        outside = Outside(
            clock=clock,
            telemetry=self.telemetry,
            table=self.table,
            breaker_table=BreakerTableDouble(clock),
            secrets=SecretsDouble(),
            transport=transport or self.api,
            bus=BusDouble(),
            emergency=QueueDouble(),
            letters=QueueDouble(),
        )
        self._verify = Functions(outside, DAY, MultipleFaces.INCONCLUSIVE).verify()

    def send(self, event: dict[str, Any]) -> Answer:
        """Answer one event, a minute after the one before."""
        self.clock.advance(_APART)
        response = self._verify(event, LambdaContextDouble(self.clock))
        return Answer(response["statusCode"], response["headers"], response["body"])

    def nothing_unhandled(self) -> bool:
        """Whether every error was one that is expected."""
        return not self.telemetry.counts["unhandled"]
