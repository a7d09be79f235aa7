"""The body of an answer that is no success: what there is of it, and never at the status' cost."""

import gzip
import inspect
import socket
import struct
import threading
import tracemalloc
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import MAXIMUM_REFUSAL, Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import eventually
from tests.adapters.outgoing import (
    BRIEF,
    HOUR,
    EventClock,
    Scripted,
    call,
    chunked,
    deflated,
    gzipped,
)
from tests.adapters.raw_server import RawServer, read_request, response

ERRORS: Final = b'{"Errors": [{"Message": "no faces found", "ErrCode": 5002}]}'
LINE: Final = b"HTTP/1.1 403 Forbidden\r\n"
CHUNKED: Final = LINE + b"Transfer-Encoding: chunked\r\n\r\n"
LONG: Final = ERRORS.ljust(3_000_000)


def refusal(body: bytes = ERRORS, **headers: str) -> bytes:
    return response(body, "403 Forbidden", **headers)


READ: Final = {
    "whole": (refusal(), ERRORS),
    "empty": (refusal(b""), b""),
    "in chunks": (CHUNKED + chunked(ERRORS[:5], ERRORS[5:]), ERRORS),
    "until the end": (LINE + b"\r\n" + ERRORS, ERRORS),
    "after interim heads": (b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n" * 3 + refusal(), ERRORS),
    "gzip": (refusal(gzipped(ERRORS), Content_Encoding="gzip"), ERRORS),
    "deflate": (refusal(deflated(ERRORS), Content_Encoding="deflate"), ERRORS),
    "called gzip, is none": (refusal(Content_Encoding="gzip"), ERRORS),
    "cut": (refusal()[:-9], ERRORS[:-9]),
    "cut at its start": (refusal()[: -len(ERRORS)], b""),
    "cut in a chunk": (CHUNKED + b"ff\r\n" + ERRORS, ERRORS),
    "cut between chunks": (CHUNKED + chunked(ERRORS)[:-5], ERRORS),
    "a broken chunk": (CHUNKED + chunked(ERRORS)[:-5] + b"size\r\n", ERRORS),
    "gzip, cut": (refusal(gzip.compress(ERRORS, 0)[:-20], Content_Encoding="gzip"), ERRORS[:-12]),
    "gzip, broken": (refusal(b"\x1f\x8b\x08broken", Content_Encoding="gzip"), b""),
    "br": (refusal(b"\x8b\x01\x80", Content_Encoding="br"), b""),
    "two lengths": (LINE + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n" + ERRORS, b""),
    "chunks with a length": (CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n" + chunked(ERRORS), ERRORS),
    "a length that is none": (LINE + b"Content-Length: all\r\n\r\n" + ERRORS, b""),
    "a length of 20 digits": (
        LINE + b"Content-Length: 9" + b"9" * 19 + b"\r\n\r\n" + ERRORS,
        ERRORS,
    ),
    "too long": (refusal(LONG), LONG[:MAXIMUM_REFUSAL]),
    "too long, in chunks": (CHUNKED + chunked(LONG), LONG[:MAXIMUM_REFUSAL]),
    "too long, until the end": (LINE + b"\r\n" + LONG, LONG[:MAXIMUM_REFUSAL]),
    "too long after decoding": (
        refusal(gzipped(LONG), Content_Encoding="gzip"),
        LONG[:MAXIMUM_REFUSAL],
    ),
    "the longest": (refusal(LONG[:MAXIMUM_REFUSAL]), LONG[:MAXIMUM_REFUSAL]),
}
STATUSES: Final = (
    300,
    302,
    307,
    400,
    401,
    404,
    407,
    413,
    415,
    422,
    429,
    451,
    500,
    502,
    503,
    599,
    600,
    999,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize(("raw", "body"), READ.values(), ids=READ.keys())
def test_the_status_stands_with_what_there_is(scripted: Scripted, raw: bytes, body: bytes) -> None:
    scripted.raw = raw
    assert call(scripted.server.url) == Reply(403, None, None, body)


@pytest.mark.parametrize("status", STATUSES)
def test_the_body_of_every_refusal_is_read(scripted: Scripted, status: int) -> None:
    scripted.raw = response(ERRORS, f"{status} No", Retry_After="7", X_Request_ID="r-1")
    assert call(scripted.server.url) == Reply(status, "r-1", "7", ERRORS)


def test_not_modified_has_no_body(scripted: Scripted) -> None:
    scripted.raw = response(ERRORS, "304 Not Modified")
    assert call(scripted.server.url) == Reply(304, None, None, b"")


def test_memory_is_bounded_against_a_bomb(scripted: Scripted) -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    scripted.raw = refusal(bomb, Content_Encoding="gzip, gzip")
    tracemalloc.start()
    reply = call(scripted.server.url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (reply.status, reply.body) == (403, bytes(MAXIMUM_REFUSAL))
    assert peak < 8 * MAXIMUM_REFUSAL


class Halting:
    """A behaviour that sends this much, and then nothing until the client has left.

    `outwaited` is set when the client did so by itself, and not because the server lost patience.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.sent = threading.Event()
        self.outwaited = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(self._raw)
        self.sent.set()
        if not connection.recv(1):
            self.outwaited.set()


HALTING: Final = {
    "half a body": (refusal()[:-9], ERRORS[:-9]),
    "no body": (refusal()[: -len(ERRORS)], b""),
    "half a chunk": (CHUNKED + b"ff\r\n" + ERRORS, ERRORS),
    "no end": (LINE + b"\r\n" + ERRORS, ERRORS),
    "half a gzip": (
        refusal(gzip.compress(ERRORS, 0), Content_Encoding="gzip")[:-20],
        ERRORS[:-12],
    ),
}


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.parametrize(("raw", "body"), HALTING.values(), ids=HALTING.keys())
def test_it_is_not_waited_for_longer_than_that(
    certificate: Certificate, raw: bytes, body: bytes, *, protected: bool
) -> None:
    """The call itself has an hour; the body of a refusal has a moment."""
    tls = certificate.server() if protected else None
    halting = Halting(raw)
    with RawServer(halting, tls) as server:
        transport = HttpTransport(certificate.client(), refusal_seconds=BRIEF)
        assert call(server.url, transport) == Reply(403, None, None, body)
        eventually(lambda: server.left == 1)
    assert halting.outwaited.is_set()


@pytest.mark.parametrize(("raw", "body"), HALTING.values(), ids=HALTING.keys())
def test_at_the_deadline_the_status_stands(raw: bytes, body: bytes) -> None:
    halting = Halting(raw)
    with RawServer(halting) as server:
        transport = HttpTransport(clock=EventClock(halting.sent), refusal_seconds=2 * HOUR)
        assert call(server.url, transport) == Reply(403, None, None, body)
        eventually(lambda: server.left == 1)
    assert halting.outwaited.is_set()


def test_a_reset_in_the_body_does_not_lose_the_status() -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(refusal()[:-9])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with RawServer(behave) as server:
        assert call(server.url) == Reply(403, None, None, ERRORS[:-9])


def test_a_refusal_is_waited_for_two_seconds_and_no_longer() -> None:
    """The figure that the time of a whole request is reckoned with."""
    assert inspect.signature(HttpTransport).parameters["refusal_seconds"].default == 2.0
