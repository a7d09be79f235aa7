"""A relay in front of the sandbox, which can keep an answer back after it was given.

Upstream has then answered, and may charge; the gateway does not know it yet.
"""

import contextlib
import socket
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reliability.cloud import Moment

_BLOCK = 64 * 1024


class Relay:
    """A context manager on a port of its own; `url` is its address.

    Attributes:
        tell: called before upstream is asked, and when it has answered.
        reset: connections are reset when the request's body has begun to arrive.
    """

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._target = (address.hostname or "", address.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._released = threading.Event()
        self._released.set()
        self._answered = threading.Condition()
        self._count = 0
        self.tell: Callable[[str, Moment], None] = lambda _, __: None
        self.reset = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_for_answers(self, count: int, timeout: float) -> bool:
        """Whether upstream has given this many whole answers within the time."""
        with self._answered:
            return self._answered.wait_for(lambda: self._count >= count, timeout)

    def keep_back(self) -> None:
        """Let answers wait here from now on, until `release`."""
        self._released.clear()

    def release(self) -> None:
        """Let go of the answers kept back, and keep none from now on."""
        self._released.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if self.reset:
                _read_into_body(client)
                # Nothing lingers: closing sends a reset.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return
            self.tell("upstream", "before")
            with socket.create_connection(self._target) as server:
                threading.Thread(target=_pump, args=(client, server), daemon=True).start()
                answer = _all_of(server)
            self.tell("upstream", "after")
            self._keep()
            client.sendall(answer)

    def _keep(self) -> None:
        with self._answered:
            self._count += 1
            self._answered.notify_all()
        self._released.wait()


def _read_into_body(client: socket.socket) -> None:
    got = b""
    while not got.partition(b"\r\n\r\n")[2]:
        got += client.recv(_BLOCK)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):  # either end is closed when the answer is there
        while block := source.recv(_BLOCK):
            sink.sendall(block)


def _all_of(server: socket.socket) -> bytes:
    answer = b""
    while block := server.recv(_BLOCK):
        answer += block
    return answer
