"""Everything that goes wrong after the selfie was sent: the answer is lost, and the reason said."""

import socket
import tracemalloc
from collections.abc import Callable
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import MAXIMUM_ANSWER, AnswerLostError
from tests.adapters.exchange import KEY, jpeg, post, raises
from tests.adapters.raw_server import (
    Behaviour,
    RawServer,
    answering,
    read_request,
    read_start,
    response,
)
from tests.adapters.upstream.test_transport import CHUNKED
from tests.answers import GOOD


def chunk(size: bytes, data: bytes = b"") -> bytes:
    return CHUNKED + size + b"\r\n" + data


BROKEN: Final[dict[str, tuple[Behaviour, str]]] = {
    "closes before a word": (answering(), "connection_lost"),
    "half a status line": (answering(b"HTTP/1."), "broken_http"),
    "a word": (answering(b"hello\r\n"), "broken_http"),
    "another protocol": (answering(b"SSH-2.0-OpenSSH_9.9\r\n"), "broken_http"),
    "an empty line": (answering(b"\r\n"), "connection_lost"),
    "http 0.9": (answering(GOOD), "broken_http"),
    "http 2": (answering(b"HTTP/2.0 200 OK\r\n\r\n"), "broken_http"),
    "a status that is none": (answering(b"HTTP/1.1 2OO OK\r\n\r\n"), "broken_http"),
    "a status of two digits": (answering(b"HTTP/1.1 20 OK\r\n\r\n"), "broken_http"),
    "a long line": (answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "broken_http"),
    "a long status": (answering(b"HTTP/1.1 200 " + b"y" * 70_000), "broken_http"),
    "many headers": (answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "broken_http"),
    "headers cut": (answering(b"HTTP/1.1 200 OK\r\nContent-Le"), "answer_cut"),
    "body cut": (answering(response(GOOD)[:-1]), "answer_cut"),
    "body cut at its start": (answering(response(GOOD)[: -len(GOOD)]), "answer_cut"),
    "chunk cut": (answering(chunk(b"ff", b"x" * 254)), "answer_cut"),
    "no last chunk": (answering(chunk(b"2", b"{}\r\n")), "answer_cut"),
    "a chunk of a word": (answering(chunk(b"size")), "broken_http"),
    "a negative chunk": (answering(chunk(b"-5", GOOD)), "broken_http"),
    "a long chunk line": (answering(CHUNKED + b"1" * 70_000), "broken_http"),
    "a huge chunk": (answering(chunk(b"ffffffffffff", b"x" * 2_000_000)), "answer_too_large"),
    "an endless chunk": (answering(chunk(b"-1", b"x" * 3_000_000)), "broken_http"),
    "a body without end": (
        answering(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (MAXIMUM_ANSWER + 1)),
        "answer_too_large",
    ),
    "a promise of too much": (
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b" " * 2_000_000),
        "answer_too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("behave", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_lost_and_says_which(behave: Behaviour, reason: str) -> None:
    with RawServer(behave) as server, raises(AnswerLostError, reason):
        post(server.url)


def test_an_answer_of_exactly_the_bound_is_taken() -> None:
    body = GOOD.ljust(MAXIMUM_ANSWER)
    with RawServer(answering(response(body))) as server:
        assert post(server.url).body == body
    longer = answering(response(body + b" "))
    with RawServer(longer) as server, raises(AnswerLostError, "answer_too_large"):
        post(server.url)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n",
        CHUNKED + b"3938700\r\n",
        CHUNKED + b"-1\r\n",
    ],
)
def test_memory_is_bounded_whatever_comes(head: bytes) -> None:
    """30 MB are offered; what is kept is about the bound."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        for _ in range(30):
            connection.sendall(b"x" * 1_000_000)

    with RawServer(behave) as server:
        tracemalloc.start()
        with pytest.raises(AnswerLostError):
            post(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * MAXIMUM_ANSWER


def test_a_success_for_half_a_selfie_is_no_answer() -> None:
    def behave(connection: socket.socket) -> None:
        read_start(connection)
        connection.sendall(response(GOOD))

    with RawServer(behave) as server, raises(AnswerLostError, "connection_lost"):
        post(server.url, content=jpeg() + bytes(40_000_000))


def test_no_error_says_anything_but_its_reason() -> None:
    with RawServer(answering(b"canary " + KEY.encode())) as server:
        with pytest.raises(AnswerLostError) as caught:
            post(server.url)
        assert str(caught.value) == "broken_http"
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


@pytest.mark.parametrize("size", [0, 4_000_000])
@pytest.mark.parametrize("read", [read_start, read_request])
def test_a_reset_within_or_after_the_request_is_a_lost_answer(
    read: Callable[[socket.socket], object], size: int
) -> None:
    """A part of the selfie may have been read."""

    def behave(connection: socket.socket) -> None:
        read(connection)
        # Nothing lingers: closing sends a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with RawServer(behave) as server, raises(AnswerLostError, "connection_lost"):
        post(server.url, content=jpeg() + bytes(size))
