"""Single calls of a transport, the clocks and resolvers they are given, and what arrives."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Final

from liveness_gateway.adapters.upstream.connection import AddressInfo, Resolve
from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.clock import SystemClock
from liveness_gateway.verifications.model import Image, Selfie
from tests.adapters.exchange import KEY
from tests.adapters.raw_server import RawServer, read_request, response

CONTENT: Final = b"\xff\xd8\xffthe selfie"
OK: Final = b"HTTP/1.1 200 OK\r\n"
BRIEF: Final = 0.3
HOUR: Final = 3600.0


@cache
def plain_transport() -> HttpTransport:
    """One for all tests that need nothing of their own."""
    return HttpTransport()


def call(
    url: str,
    transport: HttpTransport | None = None,
    *,
    content: bytes = CONTENT,
    seconds: float = HOUR,
    headers: dict[str, str] | None = None,
) -> Reply:
    """Post a selfie; by the machine's clock the call has so many seconds."""
    return (transport or plain_transport()).post(
        url,
        {"app-id": "our-id", "app-key": KEY} if headers is None else headers,
        Selfie((content,), Image(95, 71, "jpeg", len(content))),
        Decimal("0.6"),
        time.monotonic() + seconds,
    )


def outcome(url: str, transport: HttpTransport | None = None, *, seconds: float = HOUR) -> str:
    """`answered`, `unsent` or `lost`, and the status or the reason."""
    try:
        return f"answered {call(url, transport, seconds=seconds).status}"
    except NotSentError as unsent:
        return f"unsent {unsent}"
    except AnswerLostError as lost:
        return f"lost {lost}"


def secured(url: str) -> str:
    return url.replace("http:", "https:")


def loopback(port: int) -> Resolve:
    """A resolver that knows one address, whatever the name."""

    def resolve(_: str, __: int, ___: int, ____: int) -> Sequence[AddressInfo]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    return resolve


class BlockedResolver:
    """Asked for a name, it does not answer until `free` is set; `threads` are those that ask."""

    def __init__(self, port: int) -> None:
        self._resolve = loopback(port)
        self.free = threading.Event()
        self.threads: list[threading.Thread] = []

    def __call__(self, host: str, port: int, family: int, kind: int) -> Sequence[AddressInfo]:
        self.threads.append(threading.current_thread())
        self.free.wait()
        return self._resolve(host, port, family, kind)


class LeapingClock(SystemClock):
    """The machine's clock until it was read `steady` times; then it is an hour later."""

    def __init__(self, steady: int) -> None:
        self._steady = steady

    def monotonic(self) -> float:
        self._steady -= 1
        return time.monotonic() + (HOUR if self._steady < 0 else 0)


class EventClock(SystemClock):
    """The machine's clock until something has happened; then it is an hour later.

    Not at once, but when it was read twice: who waits for what has arrived just now gets it.
    """

    def __init__(self, happened: threading.Event) -> None:
        self._happened = happened
        self._steady = 2

    def monotonic(self) -> float:
        self._steady -= self._happened.is_set()
        return time.monotonic() + (HOUR if self._steady < 0 else 0)


class Listening:
    """A behaviour that keeps every byte until the connection ends.

    It answers once it has so many bytes of a body. `resets` counts the connections that did not end
    in order.
    """

    def __init__(self, enough: float = float("inf")) -> None:
        self._enough = enough
        self.heard: list[bytearray] = []
        self.resets = 0

    def __call__(self, connection: socket.socket) -> None:
        heard = bytearray()
        self.heard.append(heard)
        try:
            while block := connection.recv(65_536):
                heard += block
                if len(heard.partition(b"\r\n\r\n")[2]) >= self._enough:
                    connection.sendall(response(b"{}"))
        except ConnectionResetError:
            self.resets += 1

    @property
    def body(self) -> bytes:
        """What came of all bodies."""
        return b"".join(bytes(heard).partition(b"\r\n\r\n")[2] for heard in self.heard)


class Scripted:
    """A server that reads each request and sends what `raw` is at that moment."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.raw = b""
        self.server = RawServer(self._behave, tls)

    def _behave(self, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(self.raw)


def read_body(connection: socket.socket, head: bytes) -> int:
    """Read the body that belongs to a head that was read already, and return its length."""
    promised = left = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    while left:
        block = connection.recv(min(left, 1_000_000))
        assert block, "the client has left"
        left -= len(block)
    return promised


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def sized(body: bytes, *lines: bytes) -> bytes:
    """A 200 with Content-Length and these header lines."""
    head = b"".join(line + b"\r\n" for line in lines)
    return OK + head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def zlibbed(data: bytes) -> bytes:
    return zlib.compress(data)


def deflated(data: bytes) -> bytes:
    """Without zlib's frame."""
    return zlib.compress(data, wbits=-zlib.MAX_WBITS)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
