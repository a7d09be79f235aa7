"""Where nothing was sent, that is said: nothing can have been charged (I3)."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from liveness_gateway.adapters.upstream.replies import NotSentError
from tests.adapters.exchange import PATH, eventually, jpeg, post, raises
from tests.adapters.raw_server import RawServer


def test_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with raises(NotSentError, "connection_refused"):
        post(f"http://127.0.0.1:{port}{PATH}")


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The address of a port whose queue is full: the kernel answers no further caller."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as held:
        for _ in range(4):
            caller = held.enter_context(socket.socket())
            caller.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            caller.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}{PATH}"


@pytest.mark.parametrize("seconds", [3600.0, 0.2])
def test_a_connection_that_is_not_answered_is_given_up(black_hole: str, seconds: float) -> None:
    """Long before the deadline, or at a deadline that comes sooner."""
    with raises(NotSentError, "connect_timeout"):
        post(black_hole, seconds=seconds)


@pytest.mark.parametrize(
    "url",
    [f"http://{host}{PATH}" for host in
     ("nowhere.invalid", "no..dots", "x" * 64 + ".invalid", "\u0130.invalid", "127.0.0.1:99999",
      "[::1", "127.0.0.1:port")] + ["", "nowhere"],
)  # fmt: skip
def test_an_address_that_is_none_sent_nothing(url: str) -> None:
    with pytest.raises(NotSentError):
        post(url)


@contextlib.contextmanager
def held_threads() -> Iterator[None]:
    """Threads that start in here have done nothing yet when it ends; then they go on."""
    free = threading.Event()

    def hold(_frame: FrameType, _event: str, _: object) -> None:
        free.wait()

    before = threading.gettrace()
    threading.settrace(hold)
    try:
        yield
    finally:
        threading.settrace(before)
        free.set()


@pytest.mark.parametrize("seconds", [-1e9, -1.0, 0.0, 0.05])
@pytest.mark.parametrize("held", [False, True], ids=["at once", "after the call has ended"])
def test_after_the_deadline_nothing_is_sent(seconds: float, *, held: bool) -> None:
    """However late the thread that sends it gets to run."""
    arrived: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        while block := connection.recv(65_536):
            arrived.append(block)

    before = set(threading.enumerate())
    with RawServer(behave) as server:
        with held_threads() if held else contextlib.nullcontext(), pytest.raises(NotSentError):
            post(server.url, seconds=seconds if held else min(seconds, 0))
        exchange = [one for one in set(threading.enumerate()) - before if one.daemon]
        assert server.connections <= 1
    eventually(lambda: not any(one.is_alive() for one in exchange))
    assert jpeg()[:64] not in b"".join(arrived)
