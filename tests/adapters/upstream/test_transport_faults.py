"""Everything that goes wrong on the way: never longer than the deadline, and always told apart."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import MAXIMUM_ANSWER, AnswerLostError
from sandbox import Sandbox
from tests.adapters.exchange import KEY, PATH, SLACK, elapsed, jpeg, post
from tests.adapters.raw_server import (
    Behaviour,
    RawServer,
    answering,
    byte_by_byte,
    read_head,
    read_request,
    response,
)
from tests.adapters.upstream.test_dialects_refusals import GOOD
from tests.adapters.upstream.test_transport import CHUNKED


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(app_id="our-id", app_key=KEY) as running:
        yield running


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("cut", "connection_lost"),
        ("reset_before_status", "connection_lost"),
        ("cut_body", "answer_cut"),
        ("broken_chunks", "broken_http"),
        ("huge_body", "answer_too_large"),
        ("huge_headers", "broken_http"),
    ],
)
def test_an_answer_that_does_not_arrive_is_lost(
    sandbox: Sandbox, outcome: str, reason: str
) -> None:
    sandbox.forget()
    sandbox.next(outcome)
    assert elapsed(lambda: post(sandbox.url + PATH), AnswerLostError, reason) < 3
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("outcome", ["silent", "drip_headers", "drip_body"])
def test_the_deadline_holds_against_silence_and_one_byte_per_second(
    sandbox: Sandbox, outcome: str
) -> None:
    sandbox.forget()
    sandbox.next(outcome)
    assert (
        elapsed(lambda: post(sandbox.url + PATH, seconds=2.2), AnswerLostError, "timeout")
        < 2.2 + SLACK
    )


def chunk(size: bytes, data: bytes = b"") -> bytes:
    return CHUNKED + size + b"\r\n" + data


BROKEN: Final[dict[str, tuple[Behaviour, str]]] = {
    "closes before a word": (answering(), "connection_lost"),
    "half a status line": (answering(b"HTTP/1."), "broken_http"),
    "a word": (answering(b"hello\r\n"), "broken_http"),
    "another protocol": (answering(b"SSH-2.0-OpenSSH_9.9\r\n"), "broken_http"),
    "an empty line": (answering(b"\r\n" + response(GOOD)), "broken_http"),
    "http 0.9": (answering(GOOD), "broken_http"),
    "http 2": (answering(b"HTTP/2.0 200 OK\r\n\r\n"), "broken_http"),
    "a status that is none": (answering(b"HTTP/1.1 2OO OK\r\n\r\n"), "broken_http"),
    "a status of two digits": (answering(b"HTTP/1.1 20 OK\r\n\r\n"), "broken_http"),
    "a long line": (answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "broken_http"),
    "a long status": (answering(b"HTTP/1.1 200 " + b"y" * 70_000), "broken_http"),
    "many headers": (answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "broken_http"),
    "body cut": (answering(response(GOOD)[:-1]), "answer_cut"),
    "body cut at its start": (answering(response(GOOD)[: -len(GOOD)]), "answer_cut"),
    "chunk cut": (answering(chunk(b"ff", b"x" * 254)), "broken_http"),
    "no last chunk": (answering(chunk(b"2", b"{}\r\n")), "broken_http"),
    "a chunk of a word": (answering(chunk(b"size")), "broken_http"),
    "a negative chunk": (answering(chunk(b"-5", GOOD)), "broken_http"),
    "a long chunk line": (answering(CHUNKED + b"1" * 70_000), "broken_http"),
    "a huge chunk": (answering(chunk(b"ffffffffffff", b"x" * 2_000_000)), "answer_too_large"),
    "an endless chunk": (answering(chunk(b"-1", b"x" * 3_000_000)), "answer_too_large"),
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
    with RawServer(behave) as server:
        assert elapsed(lambda: post(server.url), AnswerLostError, reason) < 3


def test_an_answer_cut_in_its_headers_has_no_body() -> None:
    with RawServer(answering(b"HTTP/1.1 200 OK\r\nContent-Le")) as server:
        assert post(server.url).body == b""


def test_an_answer_of_exactly_the_bound_is_taken() -> None:
    body = GOOD.ljust(MAXIMUM_ANSWER)
    with RawServer(answering(response(body))) as server:
        assert post(server.url).body == body
    with RawServer(answering(response(body + b" "))) as server:
        assert elapsed(lambda: post(server.url), AnswerLostError, "answer_too_large") < 3


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
    """60 MB are offered; what is kept is about the bound."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(b"x" * 1_000_000)

    with RawServer(behave) as server:
        tracemalloc.start()
        with pytest.raises(AnswerLostError):
            post(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * MAXIMUM_ANSWER


def endless(connection: socket.socket) -> None:
    read_request(connection)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def trickle(pieces: list[bytes], interval: float = 0.1) -> Behaviour:
    return answering(*pieces, interval=interval)


def unread(connection: socket.socket) -> None:
    read_head(connection)
    time.sleep(3)


HEAD: Final = response(GOOD, Connection="close")[: -len(GOOD)]
SLOW: Final[dict[str, Behaviour]] = {
    "the status line": trickle(byte_by_byte(response(GOOD))),
    "the body": trickle([HEAD, *byte_by_byte(GOOD)]),
    "the body, kept alive": trickle([response(GOOD)[: -len(GOOD)], *byte_by_byte(GOOD)]),
    "chunks": trickle([CHUNKED, *[b"1\r\nx\r\n"] * 100]),
    "the size of a chunk": trickle([CHUNKED, *byte_by_byte(b"0" * 100)]),
    "trailers": trickle([CHUNKED + b"0\r\n", *[b"X: y\r\n"] * 100]),
    "headers": trickle([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 90]),
    "patience": endless,
}


@pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW.keys())
def test_the_deadline_holds_against_everything_slow(behave: Behaviour) -> None:
    with RawServer(behave) as server:
        assert elapsed(lambda: post(server.url, seconds=1), AnswerLostError, "timeout") < 1 + SLACK
        assert server.wait_until_left(1, 2), "the connection was not shut"


def test_the_deadline_holds_while_the_selfie_is_not_taken() -> None:
    with RawServer(unread) as server:
        content = jpeg() + bytes(40_000_000)
        took = elapsed(
            lambda: post(server.url, content=content, seconds=1), AnswerLostError, "timeout"
        )
    assert took < 1 + SLACK


def test_a_success_for_half_a_selfie_is_no_answer() -> None:
    def behave(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(response(GOOD))

    with RawServer(behave) as server:
        content = jpeg() + bytes(4_000_000)
        assert (
            elapsed(lambda: post(server.url, content=content), AnswerLostError, "connection_lost")
            < 3
        )


@pytest.mark.parametrize("place", ["the status line", "the body", "the body, kept alive"])
def test_fifty_slow_answers_leave_no_thread_and_no_connection(place: str) -> None:
    before = threading.active_count()
    with RawServer(SLOW[place]) as server:

        def call(_: int) -> None:
            with pytest.raises(AnswerLostError, match="timeout"):
                post(server.url, seconds=0.4)

        with ThreadPoolExecutor(10) as pool:
            list(pool.map(call, range(50)))
        assert server.connections == 50
        assert server.wait_until_left(50, 3)
    until = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_no_error_says_anything_but_its_reason() -> None:
    with RawServer(answering(b"canary " + KEY.encode())) as server:
        with pytest.raises(AnswerLostError) as caught:
            post(server.url)
        assert str(caught.value) == "broken_http"
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
