"""I3: what is called unsent never arrives, however late the thread that sends it gets to run."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from types import FrameType

import pytest

from liveness_gateway.adapters.upstream.replies import NotSentError
from liveness_gateway.adapters.upstream.transport import HttpTransport
from tests.adapters.raw_server import RawServer
from tests.samples import selfie

CONTENT = b"\xff\xd8\xffthe selfie"


@contextmanager
def held_threads() -> Iterator[None]:
    """Threads that start in here have done nothing yet when it ends; then they go on."""
    free = threading.Event()

    def hold(_frame: FrameType, _event: str, _: object) -> None:
        free.wait(5)

    before = threading.gettrace()
    threading.settrace(hold)
    try:
        yield
    finally:
        threading.settrace(before)
        free.set()


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.05])
def test_a_thread_that_starts_after_the_deadline_sends_nothing(seconds: float) -> None:
    arrived: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        while block := connection.recv(65_536):
            arrived.append(block)

    with RawServer(behave) as server:
        transport, deadline = HttpTransport(), time.monotonic() + seconds
        with held_threads(), pytest.raises(NotSentError):
            transport.post(server.url, {}, selfie(CONTENT), Decimal("0.6"), deadline)
        server.wait_until_left(1, 0.5)
    assert CONTENT not in b"".join(arrived)
