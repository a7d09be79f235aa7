"""What the demo page reads besides the API: served under /local/, to this machine only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class PageBackend:
    """The data behind the page.

    Attributes:
        config: the page's settings, with the API key.
        events: the events of a verification, or all of them.
        record: the stored record of a verification, if there is one.
        sandbox_url: the sandbox, if it is the upstream.
        close_circuit: closes the circuit breaker.
    """

    config: Mapping[str, Any]
    events: Callable[[str | None], list[dict[str, Any]]]
    record: Callable[[str], dict[str, Any] | None]
    sandbox_url: str | None
    close_circuit: Callable[[], None]


def routes(client: httpx.AsyncClient, backend: PageBackend) -> Mount:
    """The routes under /local/; `client` calls the sandbox."""

    def config(_: Request) -> Response:
        return JSONResponse(backend.config, headers=_HEADERS)

    def events(request: Request) -> Response:
        found = backend.events(request.query_params.get("verification_id"))
        return JSONResponse(found, headers=_HEADERS)

    def record(request: Request) -> Response:
        found = backend.record(request.path_params["verification_id"])
        return JSONResponse(found, HTTPStatus.OK, _HEADERS) if found else _not_found()

    async def sandbox_next(request: Request) -> Response:
        if backend.sandbox_url is None:
            return _not_found()
        # The page shows one outcome at a time; an open circuit would take its place.
        await run_in_threadpool(backend.close_circuit)
        response = await client.put(
            f"{backend.sandbox_url}/control/next", content=await request.body()
        )
        media_type = response.headers.get("content-type")
        return Response(response.content, response.status_code, _HEADERS, media_type)

    return Mount(
        "/local",
        routes=[
            Route("/config.json", config),
            Route("/events", events),
            Route("/records/{verification_id}", record),
            Route("/sandbox/next", sandbox_next, methods=["PUT"]),
        ],
    )


def _not_found() -> Response:
    return JSONResponse({"error": "not found"}, HTTPStatus.NOT_FOUND, _HEADERS)
