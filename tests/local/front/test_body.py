"""How much of a request the front holds."""

import asyncio
import tracemalloc
from typing import Any

from local.front.front import LONGEST_BODY, Front
from local.front.functions import Functions
from local.front.template import RestApi
from tests.infra.assembly import Assembly


def test_of_a_body_that_is_too_long_no_more_is_held_than_shows_it(
    assemblies: dict[str, Assembly],
) -> None:
    """A gigabyte that is sent in pieces."""
    pieces, piece = 256, bytes(4 * 2**20)
    started: list[Any] = []
    front = Front(RestApi.of(assemblies["dev"].template), Functions(None), list)

    async def receive() -> dict[str, Any]:
        nonlocal pieces
        pieces -= 1
        return {"type": "http.request", "body": piece, "more_body": pieces > 0}

    async def send(message: Any) -> None:  # noqa: ANN401 - of ASGI
        started.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v1/health", "raw_path": b"/v1/health",
        "query_string": b"", "headers": [], "root_path": "",
    }  # fmt: skip
    tracemalloc.start()
    try:
        asyncio.run(front(scope, receive, send))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (started[0]["status"], pieces) == (413, 0)
    assert peak < 4 * LONGEST_BODY
