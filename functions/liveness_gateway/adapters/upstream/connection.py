"""One TCP connection, and the time it may take: every wait ends by its deadline.

Nothing here waits in another thread but name resolution, which cannot be interrupted. So whoever
gives up has closed the socket first, and nothing can leave afterwards.
"""

import queue
import select
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from liveness_gateway.clock import Clock

# For each address of a name, and as much for TLS to begin.
CONNECT_SECONDS: Final = 2.0
_LONGEST_WAIT: Final = 0.5
_BLOCK: Final = 64 * 1024
_DISCARD: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 seconds

AddressInfo = tuple[int, int, int, str, Any]
# Called as `socket.getaddrinfo` is: host, port, family, kind.
Resolve = Callable[[str, int, int, int], Sequence[AddressInfo]]


class Deadline:
    """A moment of a clock, in its monotonic seconds."""

    def __init__(self, at: float, clock: Clock) -> None:
        self._at = at
        self._clock = clock

    def left(self) -> float:
        """Seconds until then: more than 0.

        Raises:
            TimeoutError: it has passed.
        """
        left = self._at - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def a_while(self) -> float:
        """Seconds to wait before the clock is read again: what is left, and at most half a second.

        The kernel measures a wait by a clock of its own.

        Raises:
            TimeoutError: it has passed.
        """
        return min(self.left(), _LONGEST_WAIT)

    def at_most(self, seconds: float) -> "Deadline":
        """The earlier of this deadline and `seconds` from now."""
        return Deadline(min(self._at, self._clock.monotonic() + seconds), self._clock)


def look_up(host: str, port: int, resolve: Resolve, deadline: Deadline) -> Sequence[AddressInfo]:
    """The addresses of a name; none where there is no such name.

    The thread that asks has the name and nothing else of the request. What it finds after the
    deadline is not read.

    Raises:
        TimeoutError: there was no answer by the deadline.
    """
    answer: queue.SimpleQueue[Sequence[AddressInfo]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolve(host, port, 0, socket.SOCK_STREAM))
        except (OSError, ValueError):  # ValueError: no name can be written like this
            answer.put(())

    deadline.left()
    threading.Thread(target=ask, name="name-resolution", daemon=True).start()
    while True:
        with suppress(queue.Empty):
            return answer.get(timeout=deadline.a_while())


def connect(addresses: Sequence[AddressInfo], deadline: Deadline) -> socket.socket:
    """A connection to the first of these addresses that takes one.

    Raises:
        OSError: none does; the last one's error.
    """
    fault: OSError = ConnectionRefusedError("the name has no address")
    for family, kind, protocol, _, address in addresses:
        try:
            return _connected(socket.socket(family, kind, protocol), address, deadline)
        except OSError as error:
            fault = error
    raise fault


def _connected(opened: socket.socket, address: Any, deadline: Deadline) -> socket.socket:  # noqa: ANN401 - each family of addresses has its own form
    try:
        opened.settimeout(deadline.at_most(CONNECT_SECONDS).left())
        opened.connect(address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        _discard(opened)
        raise
    return opened


def _discard(opened: socket.socket) -> None:
    """Close at once: what the kernel has not sent yet is thrown away, and never sent."""
    with suppress(OSError):  # the peer has closed it
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD)
    opened.close()


class Connection:
    """Sends and receives until `deadline`, which may be set anew.

    As a context manager it closes the socket; after an exception it does so without sending what
    the kernel still holds.
    """

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        opened.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        self._socket = opened
        self.deadline = deadline

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._socket.close()
        else:
            _discard(self._socket)

    def start(self) -> None:
        """Get ready to send.

        Raises:
            OSError: that failed.
        """

    def send(self, data: memoryview) -> int:
        """Send what is taken at once, and return how much that is.

        If nothing is, wait until something is or something has arrived, and return 0. The next call
        is then given the same data.

        Raises:
            TimeoutError: it waited until the deadline.
            OSError: the connection is broken.
        """
        try:
            return self._socket.send(data)
        except BlockingIOError:
            self._wait(select.POLLIN | select.POLLOUT)
        return 0

    def arrived(self) -> bytes | None:
        """What has arrived, without waiting: b"" at the end, None where there is nothing yet.

        Raises:
            OSError: the connection is broken.
        """
        try:
            return self._socket.recv(_BLOCK)
        except BlockingIOError:
            return None

    def receive(self) -> bytes:
        """What has arrived, or what arrives next; b"" at the end.

        Raises:
            TimeoutError: nothing did until the deadline.
            OSError: the connection is broken.
        """
        self.deadline.left()
        while (data := self.arrived()) is None:
            self.wait_for_more()
        return data

    def wait_for_more(self) -> None:
        """Wait until something arrives, or the end.

        Raises:
            TimeoutError: nothing did until the deadline.
        """
        self._wait(select.POLLIN)

    def _wait(self, events: int) -> None:
        ready = select.poll()
        ready.register(self._socket, events)
        while not ready.poll(1000 * self.deadline.a_while()):
            pass
