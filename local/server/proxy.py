"""A reverse proxy that neither a client nor the gateway can detect."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

# RFC 9110, 7.6.1: for one connection only. `expect` has already been handled here.
_HOP_BY_HOP = frozenset(
    b"connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection te "
    b"trailer transfer-encoding upgrade".split()
)
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
# The emulator starts a process for each request that finds no idle one. Requests above this
# number wait here, which is faster than dozens of cold starts on a few cores.
MOST_AT_ONCE = 8
# Longer than the gateway ever takes (28 s) and API Gateway waits (29 s).
_TIMEOUT = httpx.Timeout(60, connect=5)


class Proxy:
    """Passes requests on to one base address, and the responses back.

    Guarantees: method, path and query as they were sent, every header but the
    hop-by-hop ones (duplicates too), and the exact bytes of both bodies. The
    `Host` is the target's. The response is 502 if the target does not respond. Eight
    requests are passed on at once; the others wait.
    """

    def __init__(self, client: httpx.AsyncClient, target: str) -> None:
        self._client = client
        self._target = target
        self._prefix = urlsplit(target).path.encode()
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        async with self._slots:
            status, headers, content = await self._pass_on(scope, body)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _pass_on(self, scope: Scope, body: bytes) -> tuple[int, Headers, bytes]:
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        request = httpx.Request(
            scope["method"],
            self._target,
            headers=[
                (name, value) for name, value in _end_to_end(scope["headers"]) if name != b"host"
            ],
            content=body,
            # As it was sent: an address that is parsed and built again may differ in its escapes.
            extensions={
                "target": self._prefix + scope["raw_path"] + query,
                "timeout": _TIMEOUT.as_dict(),
            },
        )
        try:
            response = await self._client.send(request, stream=True)
            # Raw: not decompressed, so that it agrees with its headers.
            content = b"".join([chunk async for chunk in response.aiter_raw()])
        except httpx.HTTPError as error:
            reason = f"The emulator did not respond: {type(error).__name__}\n".encode()
            return 502, [(b"content-type", b"text/plain")], reason
        headers = _end_to_end(response.headers.raw)
        if response.status_code in _WITHOUT_BODY:
            # The emulator sends a length all the same, which a server must not.
            headers = [(name, value) for name, value in headers if name != b"content-length"]
        return response.status_code, headers, content


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers for the other end, in order, names in lower case."""
    listed = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in listed
        if name == b"connection"
        for token in value.split(b",")
    }
    return [(name, value) for name, value in listed if name not in _HOP_BY_HOP | named]


def new_client() -> httpx.AsyncClient:
    """A client for `Proxy`: follows no redirects, uses no proxies of the environment."""
    return httpx.AsyncClient(
        trust_env=False,
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=MOST_AT_ONCE),
    )
