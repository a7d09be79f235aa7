"""A server may speak before it has the whole request (RFC 9112, 9.5): it is heard then."""

import contextlib
import socket
import struct
import threading
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import AnswerLostError, Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.clock import SystemClock
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import eventually
from tests.adapters.outgoing import CONTENT, HOUR, OK, Scripted, call, loopback, outcome, read_body
from tests.adapters.raw_server import Behaviour, RawServer, read_head, read_start, response
from tests.answers import GOOD

# More than the kernel takes of a connection whose other end reads nothing.
LARGE: Final = CONTENT + bytes(40_000_000)
TOO_LARGE: Final = response(b"too large", "413 Content Too Large", Connection="close")
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(params=["plain", "tls"])
def protected(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "tls")


class Exchange:
    """A large selfie posted to a server that behaves like this."""

    def __init__(self, behave: Behaviour, certificate: Certificate, *, protected: bool) -> None:
        self.server = RawServer(behave, certificate.server() if protected else None)
        self._transport = HttpTransport(certificate.client(), refusal_seconds=HOUR)

    def call(self, content: bytes = LARGE) -> Reply:
        with self.server:
            return call(self.server.url, self._transport, content=content)


@pytest.mark.parametrize("before", [b"", CONTINUE, CONTINUE * 3])
def test_a_refusal_is_heard_by_one_who_is_still_sending(
    certificate: Certificate, before: bytes, *, protected: bool
) -> None:
    """The server reads nothing and keeps the connection: nothing else would end the sending."""
    over = threading.Event()

    def behave(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(before + TOO_LARGE)
        over.wait()

    exchange = Exchange(behave, certificate, protected=protected)
    try:
        assert exchange.call() == Reply(413, None, None, b"too large")
    finally:
        over.set()


@pytest.mark.parametrize("before", [CONTINUE, b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" * 2])
def test_an_interim_head_in_the_middle_is_no_answer(
    certificate: Certificate, before: bytes, *, protected: bool
) -> None:
    def behave(connection: socket.socket) -> None:
        head = read_head(connection)
        connection.sendall(before)
        received = read_body(connection, head)
        connection.sendall(response(b"%d" % received))

    reply = Exchange(behave, certificate, protected=protected).call()
    assert int(reply.body) > len(LARGE)


def test_a_success_that_begins_early_is_read_when_everything_was_sent(
    certificate: Certificate, *, protected: bool
) -> None:
    """It says that nothing is wrong, so the selfie is still wanted."""

    def behave(connection: socket.socket) -> None:
        head = read_head(connection)
        connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD[:20])
        read_body(connection, head)
        connection.sendall(GOOD[20:])

    assert Exchange(behave, certificate, protected=protected).call().body == GOOD


def test_a_success_that_does_not_wait_for_the_selfie_is_none(
    certificate: Certificate, *, protected: bool
) -> None:
    """It was given for a part of it. The server reads no more, and ends its side in order."""
    over = threading.Event()

    def behave(connection: socket.socket) -> None:
        read_start(connection)
        connection.sendall(response(GOOD))
        if protected:
            connection.close()
        else:
            connection.shutdown(socket.SHUT_WR)
        over.wait()

    exchange = Exchange(behave, certificate, protected=protected)
    try:
        with pytest.raises(AnswerLostError, match=r"^connection_lost$"):
            exchange.call()
    finally:
        over.set()


@pytest.mark.parametrize("linger", [None, 0])
def test_a_server_that_hangs_up_in_the_middle_has_answered_nothing(
    certificate: Certificate, linger: int | None, *, protected: bool
) -> None:
    def behave(connection: socket.socket) -> None:
        read_start(connection)
        if linger is not None:
            reset = struct.pack("ii", 1, linger)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)

    with pytest.raises(AnswerLostError, match=r"^(connection_lost|tls)$"):
        Exchange(behave, certificate, protected=protected).call()


def test_more_than_an_answer_has_is_not_kept_while_sending(
    certificate: Certificate, *, protected: bool
) -> None:
    over = threading.Event()

    def behave(connection: socket.socket) -> None:
        read_start(connection)
        with contextlib.suppress(OSError):
            connection.sendall(OK + b"\r\n" + b"x" * 5_000_000)
        over.wait()

    exchange = Exchange(behave, certificate, protected=protected)
    try:
        with pytest.raises(AnswerLostError, match=r"^answer_too_large$"):
            exchange.call()
    finally:
        over.set()


class WaitingClock(SystemClock):
    """The machine's clock; at one of its readings it waits until the server has done its part."""

    def __init__(self, reading: int, server_did: threading.Event) -> None:
        self._left = reading
        self._server_did = server_did

    def monotonic(self) -> float:
        self._left -= 1
        if self._left == 0:
            self._server_did.wait()
        return super().monotonic()


# Twice for the name, twice for its address; then before the headers are sent.
BEFORE_THE_HEADERS: Final = 5


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        (b"", "unsent connection_lost"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "unsent broken_http"),
        (b"HTTP/1.1 ", "unsent broken_http"),
        (b"HTTP/1.1 200 OK\r\n", "unsent answer_cut"),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", "unsent connection_lost"),
        (response(b"{}", "403 Forbidden"), "answered 403"),
        (b"x" * 200_000, "unsent broken_http"),
    ],
)
def test_who_speaks_before_the_selfie_gets_none(spoken: bytes, told: str) -> None:
    """A port of another protocol, or one that hangs up at once: not one byte of the body left."""
    done = threading.Event()
    heard = bytearray()

    def behave(connection: socket.socket) -> None:
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        sent = connection.send(spoken) if spoken else 0
        connection.setblocking(True)  # noqa: FBT003 - likewise
        if sent == len(spoken):
            connection.shutdown(socket.SHUT_WR)
        done.set()
        while block := connection.recv(65_536):
            heard.extend(block)

    with RawServer(behave) as server:
        clock = WaitingClock(BEFORE_THE_HEADERS, done)
        transport = HttpTransport(resolve=loopback(server.port), clock=clock)
        assert outcome(server.url, transport) == told
        eventually(lambda: server.left == 1)
    assert heard.partition(b"\r\n\r\n")[2] == b""


def test_a_request_without_its_answer_is_still_read_to_the_end() -> None:
    """The opposite: an answer that comes after the last byte is not mistaken for an early one."""
    script = Scripted()
    script.raw = CONTINUE + response(GOOD)
    with script.server:
        assert call(script.server.url, content=CONTENT + bytes(3_000_000)).body == GOOD
