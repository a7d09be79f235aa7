"""A server that turns each request into an event, as API Gateway makes it."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self, cast

from tests.api.events import COMPAT_PATHS, CREATE, HEALTH, READ, proxy_event

Invoke = Callable[[dict[str, Any]], dict[str, Any]]
# API Gateway hands these over as base64; everything else as text (infra/api/rest_api.py).
BINARY: Final = ("multipart/form-data", "image/jpeg", "image/png", "application/octet-stream")


class Server:
    """A context manager on loopback; each request is one call of `invoke`.

    Attributes:
        bodies: what each request carried, in order.
    """

    def __init__(self, invoke: Invoke) -> None:
        self.invoke = invoke
        self.bodies: list[bytes] = []
        self._server = _HttpServer(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_POST(self) -> None:
        owner = cast("_HttpServer", self.server).owner
        body = self._body()
        owner.bodies.append(body)
        resource, parameters = _route(self.path)
        event = proxy_event(
            self.command,
            resource,
            headers=list(self.headers.items()),
            body=body or None,
            path_parameters=parameters,
            text=not (self.headers.get("Content-Type") or "").startswith(BINARY),
        )
        answer = owner.invoke(event)
        content = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST  # noqa: N815 - a name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content


def _route(path: str) -> tuple[str, dict[str, str]]:
    if path in {CREATE, HEALTH, *COMPAT_PATHS}:
        return path, {}
    return READ, {"verification_id": path.rpartition("/")[2]}
