"""Everything that goes wrong on the way: never longer than the deadline, and always told apart."""

import contextlib
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from liveness_gateway.adapters.transport import MAXIMUM_ANSWER, AnswerLost, NotSent
from local.sandbox import Sandbox
from tests.adapters.raw_server import (
    Behaviour,
    RawServer,
    answering,
    byte_by_byte,
    read_head,
    read_request,
    response,
)
from tests.adapters.test_strange_answers import GOOD
from tests.adapters.test_transport import CHUNKED
from tests.adapters.wire import KEY, jpeg, post

SLACK: Final = 0.5
PATH: Final = "/v0.2/liveness-verification"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(app_id="our-id", app_key=KEY) as running:
        yield running


def elapsed(call: Callable[[], object], kind: type[Exception], match: str) -> float:
    started = time.monotonic()
    with pytest.raises(kind, match=f"^{match}$"):
        call()
    return time.monotonic() - started


# -- nothing was sent ------------------------------------------------------------------------


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert (
        elapsed(lambda: post(f"http://127.0.0.1:{port}{PATH}"), NotSent, "connection_refused") < 1
    )


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: the kernel answers no further caller."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as held:
        for _ in range(4):
            caller = held.enter_context(socket.socket())
            caller.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            caller.connect_ex(full.getsockname())
        time.sleep(0.05)
        yield full.getsockname()[1]


def test_a_black_hole_is_given_two_seconds() -> None:
    with black_hole() as port:
        took = elapsed(lambda: post(f"http://127.0.0.1:{port}{PATH}"), NotSent, "connect_timeout")
    assert 1.5 < took < 2 + SLACK


def test_a_black_hole_is_given_no_more_than_the_deadline() -> None:
    with black_hole() as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        assert elapsed(lambda: post(url, seconds=0.5), NotSent, "connect_timeout") < 0.5 + SLACK


@pytest.mark.parametrize(
    "host", ["nowhere.invalid", "no..dots", "x" * 64 + ".invalid", "\u0130.invalid"]
)
def test_a_name_nobody_knows_sent_nothing(host: str) -> None:
    started = time.monotonic()
    with pytest.raises(NotSent):
        post(f"http://{host}{PATH}", seconds=3)
    assert time.monotonic() - started < 3 + SLACK


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/x", "http://[::1/x", "http://127.0.0.1:port/x", "", "nowhere"]
)
def test_an_address_that_is_none_sent_nothing(url: str) -> None:
    with pytest.raises(NotSent):
        post(url, seconds=3)


@pytest.mark.parametrize("seconds", [0.0, -1.0, -1e9])
def test_a_deadline_that_has_passed_sends_nothing(seconds: float) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := connection.recv(65536):
                seen.append(data)

    with RawServer(behave) as server:
        for _ in range(20):
            with pytest.raises(NotSent):
                post(server.url, seconds=seconds)
        time.sleep(0.3)
    assert jpeg()[:64] not in b"".join(seen)


# -- it was sent -----------------------------------------------------------------------------


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
    assert elapsed(lambda: post(sandbox.url + PATH), AnswerLost, reason) < 3
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("outcome", ["silent", "drip_headers", "drip_body"])
def test_the_deadline_holds_against_silence_and_one_byte_per_second(
    sandbox: Sandbox, outcome: str
) -> None:
    sandbox.forget()
    sandbox.next(outcome)
    assert (
        elapsed(lambda: post(sandbox.url + PATH, seconds=2.2), AnswerLost, "timeout") < 2.2 + SLACK
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
        assert elapsed(lambda: post(server.url), AnswerLost, reason) < 3


def test_an_answer_cut_in_its_headers_has_no_body() -> None:
    with RawServer(answering(b"HTTP/1.1 200 OK\r\nContent-Le")) as server:
        assert post(server.url).body == b""


def test_an_answer_of_exactly_the_bound_is_taken() -> None:
    body = GOOD.ljust(MAXIMUM_ANSWER)
    with RawServer(answering(response(body))) as server:
        assert post(server.url).body == body
    with RawServer(answering(response(body + b" "))) as server:
        assert elapsed(lambda: post(server.url), AnswerLost, "answer_too_large") < 3


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
        with pytest.raises(AnswerLost):
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
        assert elapsed(lambda: post(server.url, seconds=1), AnswerLost, "timeout") < 1 + SLACK
        assert server.wait_until_left(1, 2), "the connection was not shut"


def test_the_deadline_holds_while_the_selfie_is_not_taken() -> None:
    with RawServer(unread) as server:
        content = jpeg() + bytes(40_000_000)
        took = elapsed(lambda: post(server.url, content=content, seconds=1), AnswerLost, "timeout")
    assert took < 1 + SLACK


def test_a_success_for_half_a_selfie_is_no_answer() -> None:
    def behave(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(response(GOOD))

    with RawServer(behave) as server:
        content = jpeg() + bytes(4_000_000)
        assert elapsed(lambda: post(server.url, content=content), AnswerLost, "connection_lost") < 3


@pytest.mark.parametrize("place", ["the status line", "the body", "the body, kept alive"])
def test_fifty_slow_answers_leave_no_thread_and_no_connection(place: str) -> None:
    before = threading.active_count()
    with RawServer(SLOW[place]) as server:

        def call(_: int) -> None:
            with pytest.raises(AnswerLost, match="timeout"):
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
        with pytest.raises(AnswerLost) as caught:
            post(server.url)
        assert str(caught.value) == "broken_http"
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
