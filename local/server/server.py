"""One address, on loopback, for the demo page, what the page reads, and the API."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.errors import LocalError
from local.server.proxy import Proxy, new_client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
API_PATHS = ("/v1/", "/v0.1/", "/v0.2/")
_PAGE = Path(__file__).parents[1] / "page"
_STARTS_WITHIN_SECONDS = 10.0
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_LOCAL_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class PortUnavailableError(LocalError):
    """The wanted port cannot be had; the message says why and what to do."""

    def __init__(self, port: int, error: OSError) -> None:
        busy = error.errno == errno.EADDRINUSE
        why = "is in use: end what listens there" if busy else f"cannot be used ({error.strerror})"
        super().__init__(f"Port {port} {why}, or choose another: make dev PORT={port + 1}")


@dataclass(frozen=True)
class Backstage:
    """What the page may know besides the API: served under /local/, to this machine only."""

    config: Mapping[str, Any]
    events: Callable[[str | None], list[dict[str, Any]]]
    record: Callable[[str], dict[str, Any] | None]
    sandbox_url: str | None
    close_circuit: Callable[[], None]


def listen(port: int) -> socket.socket:
    """Take the port (0: any free one) on loopback, before anything else is started.

    Raises:
        PortUnavailableError: Somebody has it, or it is not ours to take.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Listening at once makes a second start fail; early clients wait until we serve.
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortUnavailableError(port, error) from None
    return listener


class Front:
    """Serves on a listening socket while the `with` block runs."""

    def __init__(self, listener: socket.socket, api_url: str, backstage: Backstage) -> None:
        self._listener = listener
        self._api_url = api_url
        self._backstage = backstage
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="front", daemon=True)

    @property
    def url(self) -> str:
        """The one address (no slash at the end)."""
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not (self._server and self._server.started):
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the front server did not start")
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.should_exit = True
        self._thread.join(timeout=5)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with new_client() as client:
            config = uvicorn.Config(
                _app(client, self._api_url, self._backstage),
                log_config=None,
                access_log=False,
                # Only the gateway's own headers, so that its answers pass unchanged.
                server_header=False,
                date_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
            self._server = uvicorn.Server(config)
            await self._server.serve(sockets=[self._listener])


def _app(client: httpx.AsyncClient, api_url: str, backstage: Backstage) -> ASGIApp:
    api = Proxy(client, api_url)
    site = _site(client, backstage)

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(API_PATHS)
        await (api if is_api else site)(scope, receive, send)

    return front


def _site(client: httpx.AsyncClient, backstage: Backstage) -> Starlette:
    def config(_: Request) -> Response:
        return JSONResponse(backstage.config, headers=_LOCAL_HEADERS)

    def events(request: Request) -> Response:
        found = backstage.events(request.query_params.get("verification_id"))
        return JSONResponse(found, headers=_LOCAL_HEADERS)

    def record(request: Request) -> Response:
        found = backstage.record(request.path_params["verification_id"])
        return JSONResponse(found, HTTPStatus.OK, _LOCAL_HEADERS) if found else _not_found()

    async def sandbox_next(request: Request) -> Response:
        if backstage.sandbox_url is None:
            return _not_found()
        # The page shows one outcome at a time; an open circuit would answer in its place.
        await run_in_threadpool(backstage.close_circuit)
        answer = await client.put(
            f"{backstage.sandbox_url}/control/next", content=await request.body()
        )
        media_type = answer.headers.get("content-type")
        return Response(answer.content, answer.status_code, _LOCAL_HEADERS, media_type)

    return Starlette(
        routes=[
            Mount(
                "/local",
                routes=[
                    Route("/config.json", config),
                    Route("/events", events),
                    Route("/records/{verification_id}", record),
                    Route("/sandbox/next", sandbox_next, methods=["PUT"]),
                ],
                # It hands out the API key: a name that was made to point here gets nothing.
                middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
            ),
            Mount("/", _Page(directory=_PAGE, html=True)),
        ]
    )


def _not_found() -> Response:
    return JSONResponse({"error": "not found"}, HTTPStatus.NOT_FOUND, _LOCAL_HEADERS)


class _Page(StaticFiles):
    """The demo page's files, with the headers of a page that runs nothing foreign."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_PAGE_HEADERS)
        return response
