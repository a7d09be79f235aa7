"""The deadline ends a call, and leaves no thread or connection (R11)."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import AnswerLostError
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import Impatient, eventually, jpeg, post, raises
from tests.adapters.raw_server import RawServer, read_request, read_start, response
from tests.adapters.upstream.test_transport import CHUNKED
from tests.answers import GOOD

HEAD: Final = response(GOOD, Connection="close")[: -len(GOOD)]
KEPT_ALIVE: Final = response(GOOD)[: -len(GOOD)]
# What is sent first, and what then follows piece by piece without an end.
SLOW: Final[dict[str, tuple[bytes, bytes]]] = {
    "nothing": (b"", b""),
    "the status line": (b"HTTP/1.1 200 ", b"y"),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "the body": (HEAD, b" "),
    "the body, kept alive": (KEPT_ALIVE, b" "),
    "a body without end": (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
    "chunks": (CHUNKED, b"1\r\nx\r\n"),
    "the size of a chunk": (CHUNKED, b"0"),
    "answers before the answer": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


class Slow:
    """A server that never ends its answer; `asked` is set when it has read the request."""

    def __init__(self, first: bytes, piece: bytes) -> None:
        self._first = first
        self._piece = piece
        self.asked = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(self._first)
        self.asked.set()
        while self._piece:
            time.sleep(0.02)
            connection.sendall(self._piece)
        connection.recv(1)


class Unread:
    """A server that takes the first byte of a selfie, and no more of it until it is set free."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.free = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        read_start(connection)
        self.asked.set()
        self.free.wait()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    eventually(lambda: set(threading.enumerate()) <= before)


@pytest.mark.usefixtures("no_thread_stays")
@pytest.mark.parametrize("place", SLOW)
def test_the_deadline_ends_a_call_whatever_trickles_through_it(place: str) -> None:
    slow = Slow(*SLOW[place])
    with RawServer(slow) as server:
        with raises(AnswerLostError, "timeout"):
            post(server.url, clock=Impatient(slow.asked))
        # The connection was shut.
        eventually(lambda: server.left == 1)


@pytest.mark.usefixtures("no_thread_stays")
@pytest.mark.parametrize("place", ["nothing", "the status line", "the body"])
def test_the_deadline_holds_under_tls(certificate: Certificate, place: str) -> None:
    slow = Slow(*SLOW[place])
    with RawServer(slow, certificate.server()) as server:
        with raises(AnswerLostError, "timeout"):
            post(server.url, tls=certificate.client(), clock=Impatient(slow.asked))
        eventually(lambda: server.left == 1)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_deadline_in_the_middle_of_sending_ends_it(
    certificate: Certificate, *, secure: bool
) -> None:
    """The selfie is larger than what the kernel takes, and the server does not read it."""
    server_tls, client_tls = certificate.server(), certificate.client()
    unread = Unread()
    with RawServer(unread, server_tls if secure else None) as server:
        content = jpeg() + bytes(40_000_000)
        with raises(AnswerLostError, "timeout"):
            post(
                server.url,
                content=content,
                tls=client_tls if secure else None,
                clock=Impatient(unread.asked),
            )
        unread.free.set()
