"""How responses are sent: the bytes on a socket, and the errors in a real client."""

import errno
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import Sandbox
from sandbox.connection import Connection
from sandbox.delivery import slow_body, slow_head
from sandbox.responses import Response
from tests.sandbox.conftest import APP_ID, APP_KEY, PATIENCE, Post


@contextmanager
def asked(sandbox: Sandbox, selfie: bytes) -> Iterator[socket.socket]:
    """A raw connection on which one valid request has been sent."""
    form = (
        b'--b\r\nContent-Disposition: form-data; name="threshold"\r\n\r\n0.6\r\n'
        b'--b\r\nContent-Disposition: form-data; name="selfie"; filename="a.jpg"\r\n\r\n'
        + selfie
        + b"\r\n--b--\r\n"
    )
    head = (
        "POST /v0.2/liveness-verification HTTP/1.1\r\nHost: sandbox\r\n"
        f"app-id: {APP_ID}\r\napp-key: {APP_KEY}\r\nContent-Length: {len(form)}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with connected(sandbox) as connection:
        connection.sendall(head.encode() + form)
        yield connection


def connected(sandbox: Sandbox) -> socket.socket:
    where = urlsplit(sandbox.url)
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


class Recorder:
    """A channel that records what is sent and how long it pauses."""

    request_id, closing = "id", False

    def __init__(self) -> None:
        self.done: list[bytes | float] = []

    def send(self, data: bytes) -> None:
        self.done.append(data)

    def pause(self, seconds: float) -> None:
        self.done.append(seconds)


def test_cut_ends_the_connection_without_a_byte(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("cut")
    with asked(sandbox, selfie) as connection:
        assert everything(connection) == b""
    assert sandbox.requests[0].size == len(selfie)


def test_reset_is_a_reset(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("reset_before_status")
    with asked(sandbox, selfie) as connection, pytest.raises(ConnectionResetError) as reset:
        connection.recv(1)
    assert reset.value.errno == errno.ECONNRESET


def test_silent_sends_nothing(sandbox: Sandbox, selfie: bytes, post: Post) -> None:
    sandbox.next("silent", seconds=0.3)
    started = time.monotonic()
    with asked(sandbox, selfie) as connection:
        assert everything(connection) == b""
    assert time.monotonic() - started >= 0.3

    sandbox.next("silent", seconds=3600)
    with pytest.raises(requests.exceptions.ReadTimeout):
        post(timeout=0.1)


@pytest.mark.parametrize(("outcome", "status"), [("slow", 200), ("limit", 403)])
def test_any_response_can_be_delayed(
    sandbox: Sandbox, post: Post, outcome: str, status: int
) -> None:
    sandbox.next(outcome, delay=0.3)
    started = time.monotonic()

    assert post().status_code == status
    assert time.monotonic() - started >= 0.3


def test_cut_body_announces_more_than_it_sends(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("cut_body")
    with asked(sandbox, selfie) as connection:
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    (length,) = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert 0 < len(body) < int(length.split()[1])


def test_broken_chunks(sandbox: Sandbox, selfie: bytes, post: Post) -> None:
    sandbox.next("broken_chunks", count=2)
    with asked(sandbox, selfie) as connection:
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    size, _, rest = body.partition(b"\r\n")
    assert rest[int(size, 16) :].startswith(b"\r\nsize\r\n")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post()


def test_a_drip_pauses_after_each_byte() -> None:
    response, head, body = Response(200, b"{}"), Recorder(), Recorder()
    slow_head(head, response, {"interval": 0.5})
    slow_body(body, response, {"interval": 0.5})
    whole = response.head("id", closing=True) + b"{}"

    assert head.done == [part for byte in whole for part in (bytes([byte]), 0.5)]
    assert body.done == [response.head("id", closing=True), b"{", 0.5, b"}", 0.5]
    assert head.closing
    assert body.closing


@pytest.mark.parametrize("outcome", ["drip_headers", "drip_body"])
def test_a_drip_ends_in_the_whole_response(sandbox: Sandbox, post: Post, outcome: str) -> None:
    sandbox.next(outcome, interval=0)
    assert post().json()["response_code"] == 2


def test_huge_headers(sandbox: Sandbox, selfie: bytes, post: Post) -> None:
    sandbox.next("huge_headers", count=2)
    with asked(sandbox, selfie) as connection:
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
    assert len(received) > 1024 * 1024
    with pytest.raises(requests.exceptions.ConnectionError):
        post()


def test_a_pause_ends_early_when_it_is_told_to_or_the_peer_leaves_or_the_sandbox_stops() -> None:
    ours, peer = socket.socketpair()
    stopping, delays_end = threading.Event(), threading.Event()
    connection = Connection(ours, stopping, delays_end, "id")
    with ours, peer:
        connection.pause(0.01)
        stopping.set()
        with pytest.raises(ConnectionAbortedError, match="the sandbox stops"):
            connection.pause(3600)
        stopping.clear()
        delays_end.set()
        connection.pause(3600)
        delays_end.clear()
        peer.close()
        with pytest.raises(ConnectionAbortedError, match="the peer has left"):
            connection.pause(3600)


def test_delays_can_be_ended_for_the_requests_so_far(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.set_default("slow", delay=3600)
    with asked(sandbox, selfie) as connection:
        assert sandbox.records.wait_for(1, PATIENCE)
        sandbox.end_delays()
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
    with asked(sandbox, selfie):
        assert sandbox.records.wait_for(2, PATIENCE)
        assert not sandbox.records.wait_for_answers(2, 0)


def test_a_peer_that_leaves_is_recorded_as_done(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("silent", seconds=3600)
    with asked(sandbox, selfie):
        assert sandbox.records.wait_for(1, PATIENCE)
        assert not sandbox.records.wait_for_answers(1, 0)
    assert sandbox.records.wait_for_answers(1, PATIENCE)


def test_two_hundred_requests_are_served_at_once_and_stop_ends_them(selfie: bytes) -> None:
    sandbox = Sandbox(app_id=APP_ID, app_key=APP_KEY).start()
    sandbox.set_default("slow", delay=3600)
    sandbox.next("drip_body", count=3, interval=3600)
    with ExitStack() as connections:
        for _ in range(200):
            connections.enter_context(asked(sandbox, selfie))
        half_sent = connections.enter_context(connected(sandbox))
        half_sent.sendall(b"POST /v0.2/liveness-verification HTTP/1.1\r\nContent-Le")
        assert sandbox.records.wait_for(200, PATIENCE)
        seen = sandbox.requests
        assert sorted(request.number for request in seen) == list(range(1, 201))
        assert all(request.answered_at is None for request in seen)
        sandbox.stop()
    with pytest.raises(ConnectionRefusedError), connected(sandbox):
        pass


def test_keep_alive_survives_good_responses_and_errors(sandbox: Sandbox, selfie: bytes) -> None:
    where = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
    connection.connect()
    first = connection.sock
    for path, status in (("/", 200), ("/nowhere", 404), ("/v0.1/liveness-verification", 401)):
        connection.request("POST" if "liveness" in path else "GET", path, body=selfie)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is first
    connection.close()
