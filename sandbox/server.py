"""The sandbox as an HTTP/1.1 server on loopback."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

from loopback.peer import is_own
from sandbox.handler import Handler
from sandbox.state import State


class Sandbox(State):
    """A stand-in for the liveness API. It judges nothing: its responses are scripted.

    Use it as a context manager or with `start` and `stop`. `stop` returns within a second,
    even while responses are outstanding.
    """

    def __init__(
        self,
        app_id: str = "sandbox-app-id",
        app_key: str = "sandbox-app-key",
        port: int = 0,
        log: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(app_id, app_key, log)
        self._server = Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection, then the server."""
        self.stopping.set()
        self.end_delays()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.end_connections(within=0.8)
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)


class Server(ThreadingHTTPServer):
    """One thread per connection; keeps a list of the open ones, to close them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    # A port in use must be an error, not a second listener.
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], state: State) -> None:
        self._stopping = state.stopping
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        super().__init__(address, partial(Handler, state))

    def verify_request(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: tuple[str, int] | str,
    ) -> bool:
        """Whether to serve a connection: those of other users of this machine are closed."""
        connection = cast("socket.socket", request)
        return is_own(cast("tuple[str, int]", client_address), connection.getsockname())

    def process_request_thread(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: tuple[str, int] | str,
    ) -> None:
        """Serve one connection to its end."""
        connection = cast("socket.socket", request)
        with self._lock:
            self._open[connection] = threading.current_thread()
        try:
            if self._stopping.is_set():
                self.shutdown_request(request)
                return
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._open[connection]

    def end_connections(self, within: float) -> None:
        """Shut every connection down and wait that many seconds for the threads that serve them."""
        until = time.monotonic() + within
        with self._lock:
            still = dict(self._open)
        for connection in still:
            with contextlib.suppress(OSError):  # it ended meanwhile
                connection.shutdown(socket.SHUT_RDWR)
        for thread in still.values():
            thread.join(max(0.0, until - time.monotonic()))

    def handle_error(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: tuple[str, int] | str,
    ) -> None:
        """Ignore a peer that has left; print anything else, it is a fault of the sandbox."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
