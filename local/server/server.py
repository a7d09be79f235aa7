"""One server, on loopback, for the demo page, the page's data and the API."""

import asyncio
import socket
import threading
import time
from pathlib import Path
from typing import Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from local.server.listener import HOST
from local.server.page_backend import PageBackend, routes
from local.stack.cdk import STAGE
from loopback.asgi import guarded

API_PATHS = ("/v1/", "/v0.1/", "/v0.2/")
_STAGE_PATHS = tuple(f"/{STAGE}{path}" for path in API_PATHS)
_STAGE_PREFIX = f"/{STAGE}"
_PAGE = Path(__file__).parents[1] / "page"
_STARTS_WITHIN_SECONDS = 60.0
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


class Server:
    """Serves on a listening socket while the `with` block runs."""

    def __init__(self, listener: socket.socket, api: ASGIApp, backend: PageBackend) -> None:
        self._listener = listener
        self._api = api
        self._backend = backend
        self._uvicorn: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not (self._uvicorn and self._uvicorn.started):
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        if self._uvicorn:
            self._uvicorn.should_exit = True
        self._thread.join(timeout=5)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        # The sandbox is on this machine: no proxy of the environment leads there.
        async with httpx.AsyncClient(trust_env=False) as client:
            config = uvicorn.Config(
                _application(client, self._api, self._backend),
                log_config=None,
                access_log=False,
                # No headers of its own, so that the gateway's responses pass unchanged.
                server_header=False,
                date_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=1,
            )
            self._uvicorn = uvicorn.Server(config)
            await self._uvicorn.serve(sockets=[self._listener])


def _application(client: httpx.AsyncClient, api: ASGIApp, backend: PageBackend) -> ASGIApp:
    site = Starlette(
        routes=[routes(client, backend), Mount("/", _Page(directory=_PAGE, html=True))],
        exception_handlers={HTTPException: _nothing_here},
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith(_STAGE_PATHS):
            # The stage's own address, beside that of a domain, which has no stage in it.
            scope = {**scope, "root_path": _STAGE_PREFIX}
        is_api = path.startswith((*API_PATHS, *_STAGE_PATHS))
        await (api if is_api else site)(scope, receive, send)

    # A page of any origin may call the API, as the stage has it; nothing else is for others.
    return guarded(application, any_origin=(*API_PATHS, *_STAGE_PATHS), documents=True)


def _nothing_here(_: Request, error: Exception) -> Response:
    """What somebody sees who mistyped a path of the API: on AWS it would be the API's to answer."""
    if not isinstance(error, HTTPException):
        raise error
    text = f"{error.detail}: only the demo page is here. The API's paths begin with"
    paths = f"{', '.join(API_PATHS[:-1])} or {API_PATHS[-1]}"
    return PlainTextResponse(f"{text} {paths}.\n", error.status_code, error.headers)


class _Page(StaticFiles):
    """The files of the demo page, with headers that allow no content from elsewhere."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_PAGE_HEADERS)
        return response
