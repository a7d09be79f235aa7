"""Whoever was told that nothing was sent can rely on it: nothing leaves afterwards, not a byte."""

import os
import socket
import sys
import threading
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError
from liveness_gateway.adapters.upstream.transport import HttpTransport
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import eventually
from tests.adapters.outgoing import (
    BRIEF,
    CONTENT,
    BlockedResolver,
    EventClock,
    LeapingClock,
    Listening,
    call,
    loopback,
    outcome,
    secured,
)
from tests.adapters.raw_server import RawServer, read_request, read_start

# More than the kernel keeps of a connection whose other end reads nothing.
LARGE: Final = CONTENT + bytes(40_000_000)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


def every_connection_has_ended(server: RawServer) -> bool:
    return server.left == server.connections


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - a count, of names that come and go


@pytest.mark.parametrize("protected", [False, True])
def test_a_name_that_is_found_too_late_is_not_connected_to(*, protected: bool) -> None:
    """The thread that asked goes on; its answer is read by nobody."""
    listening = Listening()
    with RawServer(listening) as server:
        url = secured(server.url) if protected else server.url
        resolver = BlockedResolver(server.port)
        ended = outcome(url, HttpTransport(resolve=resolver), seconds=BRIEF)
        resolver.free.set()
        for thread in resolver.threads:
            thread.join()
        assert ended == "unsent connect_timeout"
        assert len(resolver.threads) == 1
        assert not resolver.threads[0].is_alive()
        assert server.connections == 0
    assert listening.heard == []


def test_the_thread_that_asks_for_a_name_knows_nothing_else() -> None:
    """Not the selfie, not a credential: it may still run while another request is served."""
    content = CONTENT + bytes(1000)
    key = f"key-canary-{os.getpid()}"  # no constant, which others could hold
    before = sys.getrefcount(content), sys.getrefcount(key)
    resolver = BlockedResolver(9)
    transport = HttpTransport(resolve=resolver)
    with pytest.raises(NotSentError) as caught:
        call(
            "http://up.example.com/x", transport, content=content, seconds=0.05, headers={"k": key}
        )
    assert resolver.threads[0].is_alive()
    assert resolver.threads[0].daemon
    caught.value.__traceback__ = None
    del caught
    assert (sys.getrefcount(content), sys.getrefcount(key)) == before
    resolver.free.set()
    resolver.threads[0].join()
    assert not resolver.threads[0].is_alive()


def test_only_the_name_is_asked_for_in_another_thread() -> None:
    """So there is nobody who could send something after the caller went on."""
    threads: list[threading.Thread] = []

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        threads.extend(t for t in threading.enumerate() if t.name == "name-resolution")

    with RawServer(behave) as server:
        assert outcome(server.url) == "lost connection_lost"
    assert threads == []


@pytest.mark.parametrize("seconds", [0.0, -1.0, -1e9])
def test_after_the_deadline_not_even_the_name_is_asked_for(seconds: float) -> None:
    resolver = BlockedResolver(9)
    transport = HttpTransport(resolve=resolver)
    assert (
        outcome("http://up.example.com/x", transport, seconds=seconds) == "unsent connect_timeout"
    )
    assert resolver.threads == []


MOMENTS: Final = ["unsent connect_timeout", "lost timeout", "answered 200"]


# Where the client has gone before the server's handshake, the ssl module leaves the server's
# socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("protected", [False, True])
def test_the_deadline_in_every_moment(certificate: Certificate, *, protected: bool) -> None:
    """Reading by reading of the clock, it is found to have passed; what is told is always true."""
    told: list[str] = []
    tls = certificate.server() if protected else None
    trusting = certificate.client()
    while "answered 200" not in told:
        listening, before = Listening(enough=len(CONTENT)), descriptors()
        with RawServer(listening, tls) as server:
            known = loopback(server.port)  # a resolver that opens no file
            transport = HttpTransport(trusting, LeapingClock(len(told)), resolve=known)
            told.append(outcome(server.url, transport))
        eventually(partial(every_connection_has_ended, server))
        assert descriptors() == before
        assert listening.body == b"" or not told[-1].startswith("unsent")
        assert len(told) < 50
    assert set(told) <= set(MOMENTS)
    # How often a handshake waits, and so reads the clock, is not the same each time.
    assert protected or list(dict.fromkeys(told)) == MOMENTS


def test_a_deadline_before_the_connection_makes_none() -> None:
    """The first readings are: twice for the name, and twice for its address."""
    for readings in range(4):
        listening = Listening()
        with RawServer(listening) as server:
            transport = HttpTransport(resolve=loopback(server.port), clock=LeapingClock(readings))
            assert outcome(server.url, transport) == "unsent connect_timeout"
        assert server.connections == 0, readings


def test_a_handshake_that_is_given_up_is_not_gone_on_with() -> None:
    """The server hears the client's first words of TLS, and then the connection is gone."""
    listening = Listening()
    with RawServer(listening) as server:
        assert outcome(secured(server.url)) == "unsent connect_timeout"
        eventually(lambda: server.left == 1)
    (heard,) = listening.heard
    assert heard.startswith(b"\x16\x03")
    assert int.from_bytes(heard[3:5]) == len(heard) - 5, "more than one record"


@pytest.mark.parametrize("protected", [False, True])
def test_what_the_kernel_still_holds_is_thrown_away(
    certificate: Certificate, *, protected: bool
) -> None:
    """A selfie that is given up half sent does not go on arriving."""
    happened, given_up = threading.Event(), threading.Event()
    arrived: list[int] = []
    faults: list[Exception] = []

    def behave(connection: socket.socket) -> None:
        read_start(connection)
        happened.set()
        given_up.wait()
        try:
            while block := connection.recv(1_000_000):
                arrived.append(len(block))
        except OSError as fault:
            faults.append(fault)

    with RawServer(behave, certificate.server() if protected else None) as server:
        transport = HttpTransport(certificate.client(), EventClock(happened))
        with pytest.raises(AnswerLostError, match=r"^timeout$"):
            call(server.url, transport, content=LARGE)
        given_up.set()
        eventually(lambda: server.left == 1)
    assert sum(arrived) < len(LARGE)
    # A server's TLS hides how the connection ended.
    assert protected or [type(fault) for fault in faults] == [ConnectionResetError]


def test_a_connection_that_is_given_up_is_not_made_later() -> None:
    """The queue of a server is full: the kernel tries again after 1 s, 3 s, ..., if it is let."""
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [held.enter_context(socket.socket()) for _ in range(4)]
        for caller in waiting:
            caller.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            caller.connect_ex(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}/x"
        assert outcome(address, seconds=BRIEF) == "unsent connect_timeout"
        full.settimeout(2.5)
        accepted = set()
        with suppress(TimeoutError):
            while True:
                peer, name = full.accept()
                held.enter_context(peer)
                accepted.add(name)
        # Those who wait do come in later, so one of ours would have.
        assert 1 < len(accepted) <= len(waiting)
        assert accepted <= {caller.getsockname() for caller in waiting}
