"""The rules of `loopback.rules` and `loopback.peer` around an ASGI application."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from loopback.peer import is_own
from loopback.rules import refusal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]
_SAID_OF_PAGES = ("origin", "sec-fetch-site")
Judge = Callable[[Mapping[str, Any], Mapping[str, str]], str | None]


def guarded(
    application: Application,
    *,
    origins: Iterable[str] = (),
    any_origin: tuple[str, ...] = (),
    documents: bool = False,
    judge: Judge = lambda _scope, _headers: None,
) -> Application:
    """The application for our own user's programs, and for no page of elsewhere.

    Everything else is answered 403 before the application hears of it.

    Args:
        application: what is guarded.
        origins: the origins that it serves besides its own.
        any_origin: paths that begin so are served to pages of every origin.
        documents: links of other pages may open its pages.
        judge: says why a request is refused for another reason.
    """
    served = tuple(origins)

    async def application_for_ourselves(scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - as ASGI has it
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
            return
        why = _refusal(scope)
        if why is None:
            await application(scope, receive, send)
        elif scope["type"] == "http":
            await _refuse(send, why)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(scope: Mapping[str, Any]) -> str | None:
        client, server = scope.get("client"), scope.get("server")
        if not client or not server or not is_own(tuple(client[:2]), tuple(server[:2])):
            return "This server serves the user who started it."
        headers = _headers(scope)
        if str(scope.get("path", "")).startswith(any_origin):
            headers = {name: headers[name] for name in headers if name not in _SAID_OF_PAGES}
        document = documents and scope.get("method") == "GET"
        why = refusal(server[1], headers, origins=served, document=document)
        return why or judge(scope, headers)

    return application_for_ourselves


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        # Where it is there twice it is neither of the two, and so refused.
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


async def _refuse(send: Send, why: str) -> None:
    body = json.dumps({"error": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
