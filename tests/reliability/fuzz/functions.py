"""The function `verify` over the doubles, for one event after the other."""

from typing import Any

from liveness_gateway.adapters.upstream.ports import Transport
from liveness_gateway.bootstrap.verify import build_verify
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from tests.doubles.lambda_context import LambdaContextDouble
from tests.world import World

# After a minute no circuit is open any more.
_APART = 61


class Fuzzed(World):
    """One environment of `verify`, with everything around it."""

    def __init__(self, transport: Transport | None = None) -> None:
        super().__init__()

        def build(*settings: Any, **around: Any) -> Any:  # noqa: ANN401 - as `World` gives them
            around["transport"] = transport or self.liveness_api
            return build_verify(*settings, **around)

        self._verify = LambdaHandler(lambda: self.build(build))

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one event, a minute after the one before."""
        self.clock.advance(_APART)
        response = self._verify(event, LambdaContextDouble(self.clock))
        self.faults.steps.clear()
        return response

    def nothing_unhandled(self) -> bool:
        """Whether every error was one that is expected."""
        return not self.telemetry.counts["unhandled"]
