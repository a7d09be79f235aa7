"""Where nothing was sent, that is said: nothing can have been charged."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from liveness_gateway.adapters.upstream.replies import NotSentError
from tests.adapters.exchange import PATH, SLACK, elapsed, jpeg, post
from tests.adapters.raw_server import RawServer


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert (
        elapsed(lambda: post(f"http://127.0.0.1:{port}{PATH}"), NotSentError, "connection_refused")
        < 3
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
        took = elapsed(
            lambda: post(f"http://127.0.0.1:{port}{PATH}"), NotSentError, "connect_timeout"
        )
    assert 1.5 < took < 2 + SLACK


def test_a_black_hole_is_given_no_more_than_the_deadline() -> None:
    with black_hole() as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        assert (
            elapsed(lambda: post(url, seconds=0.5), NotSentError, "connect_timeout") < 0.5 + SLACK
        )


@pytest.mark.parametrize(
    "host", ["nowhere.invalid", "no..dots", "x" * 64 + ".invalid", "\u0130.invalid"]
)
def test_a_name_nobody_knows_sent_nothing(host: str) -> None:
    started = time.monotonic()
    with pytest.raises(NotSentError):
        post(f"http://{host}{PATH}", seconds=3)
    assert time.monotonic() - started < 3 + SLACK


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/x", "http://[::1/x", "http://127.0.0.1:port/x", "", "nowhere"]
)
def test_an_address_that_is_none_sent_nothing(url: str) -> None:
    with pytest.raises(NotSentError):
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
            with pytest.raises(NotSentError):
                post(server.url, seconds=seconds)
        time.sleep(0.3)
    assert jpeg()[:64] not in b"".join(seen)
