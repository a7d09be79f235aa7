"""What a table of routes is made of: a request, a response, and what answers.

API Gateway has already routed a request when it arrives, so a table of its own routes is all the
routing there is.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from liveness_gateway.entrypoints.http.headers import Event


class Request(NamedTuple):
    """One request on its way to a route; `seconds_left` is what Lambda still gives it."""

    event: Event
    correlation_id: str
    seconds_left: float


class Response(NamedTuple):
    """A 2xx of a route."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Route(NamedTuple):
    """What answers on one method and resource; `compat` routes speak the liveness API's format."""

    answer: Callable[[Request], Response]
    compat: bool = False


Routes = Mapping[tuple[str, str], Route]
