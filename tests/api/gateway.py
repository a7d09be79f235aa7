"""The HTTP application over the fakes: what API Gateway gets back from the functions."""

import json
from dataclasses import dataclass
from typing import Any, Final

from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.results_routes import results_routes
from liveness_gateway.entrypoints.http.verify_routes import verify_routes
from liveness_gateway.verifications.selfie import SelfieLimits
from tests.api.events import CREATE, Pairs, post_event, read_event, selfie_form
from tests.bodies import Body
from tests.images import drawn
from tests.world import World
from tests.written_telemetry import WrittenTelemetry

SELFIE: Final = drawn("JPEG", 95, 71)


class Context:
    """Lambda's context, with so many seconds left."""

    def __init__(self, seconds: float = 28.0) -> None:
        self.aws_request_id = "function-request-1"
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


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
    """All routes of both functions over one world."""

    def __init__(
        self,
        world: World,
        origins: tuple[str, ...] = ("https://app.example.com", "https://other.example.com"),
        limits: SelfieLimits | None = None,
    ) -> None:
        self.world = world
        self.telemetry = WrittenTelemetry(level="DEBUG")
        routes = {
            **verify_routes(world.service(), limits or SelfieLimits(), world.clock),
            **results_routes(world.reader(), "local"),
        }
        self.application = Application(routes, origins, world.clock, self.telemetry)

    def send(self, event: dict[str, Any], seconds: float = 28.0) -> Answered:
        """Invoke once; the answer is checked to be what API Gateway takes."""
        return answered(self.application(event, Context(seconds)))

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
