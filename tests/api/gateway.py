"""The HTTP functions over doubles: what API Gateway gets back from them."""

import json
from dataclasses import dataclass
from typing import Any, Final, cast

from liveness_gateway.bootstrap.results import build_results
from liveness_gateway.bootstrap.verify import build_verify
from liveness_gateway.settings import ResultsSettings
from tests.api.events import CREATE, Pairs, post_event, read_event, selfie_form
from tests.bodies import Body
from tests.doubles.lambda_context import LambdaContextDouble
from tests.images import drawn
from tests.world import World
from tests.written_telemetry import WrittenTelemetry

SELFIE: Final = drawn("JPEG", 95, 71)


@dataclass(frozen=True)
class Answered:
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]
    text: str


def answered(answer: dict[str, Any]) -> Answered:
    """What a function returned, checked to be what API Gateway takes."""
    assert answer.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert answer["isBase64Encoded"] is False
    assert all(type(value) is str for pair in answer["headers"].items() for value in pair)
    assert not any("\n" in value or "\r" in value for value in answer["headers"].values())
    text = answer["body"]
    return Answered(answer["statusCode"], answer["headers"], json.loads(text), text)


class Gateway:
    """Both HTTP functions over one world, each request given to the one that API Gateway asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.telemetry = WrittenTelemetry(level="DEBUG", faults=world.faults)
        self.verify = world.build(build_verify, self.telemetry)
        self.results = build_results(
            ResultsSettings(
                stage=world.settings.stage,
                powertools_metrics_namespace=world.settings.powertools_metrics_namespace,
                table_name=world.settings.table_name,
                allowed_origins=world.settings.allowed_origins,
            ),
            dynamodb=cast("Any", world.table),
            clock=world.clock,
            telemetry=self.telemetry,
        )

    def context(self, seconds: float = 28.0) -> LambdaContextDouble:
        """The context of an invocation that begins now."""
        return LambdaContextDouble(self.world.clock, seconds)

    def invoke(self, event: dict[str, Any], seconds: float = 28.0) -> dict[str, Any]:
        """Invoke once."""
        function = self.results if event.get("httpMethod") == "GET" else self.verify
        return function(event, self.context(seconds))

    def send(self, event: dict[str, Any], seconds: float = 28.0) -> Answered:
        """Invoke once; the answer is checked to be what API Gateway takes."""
        return answered(self.invoke(event, seconds))

    def post(
        self,
        body: Body | None = None,
        resource: str = CREATE,
        *,
        key: str | None = None,
        headers: Pairs = (),
        api_key_id: str | None = "key-id-1",
    ) -> Answered:
        """Post a form; `key` is the Idempotency-Key."""
        own = [("Idempotency-Key", key)] if key else []
        form = body or selfie_form(SELFIE)
        event = post_event(form, resource, headers=[*headers, *own], api_key_id=api_key_id)
        return self.send(event)

    def read(self, verification_id: str, **changes: Any) -> Answered:  # noqa: ANN401 - as `read_event` takes them
        return self.send(read_event(verification_id, **changes))
