"""A server of raw bytes: each connection is handed to a function, which may do anything to it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

Behaviour = Callable[[socket.socket], None]
BLOCK: Final = 64 * 1024


class RawServer:
    """A context manager on loopback.

    Attributes:
        connections: how many were accepted.
        left: how many behaviours have ended.
    """

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behave = behave
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._lock = threading.Lock()
        self.ended = threading.Event()
        self.connections = 0
        self.left = 0

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://localhost:{self.port}/v0.2/liveness-verification"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(2)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError), connection:
                connection.settimeout(20)
                if self._tls is None:
                    self._behave(connection)
                    return
                with self._tls.wrap_socket(connection, server_side=True) as secure:
                    self._behave(secure)
        finally:
            with self._lock:
                self.left += 1


def read_request(connection: socket.socket) -> bytes:
    """Read one whole request: headers, and as much body as they promise."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    promised = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < promised:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def read_head(connection: socket.socket) -> bytes:
    """Read the headers of a request, byte by byte, and nothing of its body."""
    data = bytearray()
    while not data.endswith(b"\r\n\r\n"):
        data += _some(connection, 1)
    return bytes(data)


def read_start(connection: socket.socket) -> None:
    """Read the headers of a request and the first byte of its body: some of it has left."""
    read_head(connection)
    _some(connection, 1)


def answering(*pieces: bytes) -> Behaviour:
    """Read a request, send the pieces, then close."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)

    return behave


def response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; an underscore in a header's name is a dash."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _some(connection: socket.socket, size: int = BLOCK) -> bytes:
    data = connection.recv(size)
    if not data:
        raise ConnectionAbortedError("the client has left")
    return data
