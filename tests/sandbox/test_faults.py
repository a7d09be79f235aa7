"""The faults, seen from the socket and from real clients."""

import errno
import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import Sandbox
from tests.sandbox.conftest import APP_ID, APP_KEY, Post


@contextmanager
def asked(sandbox: Sandbox, selfie: bytes) -> Iterator[socket.socket]:
    """A raw connection on which one good request has been sent."""
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


@contextmanager
def connected(sandbox: Sandbox) -> Iterator[socket.socket]:
    where = urlsplit(sandbox.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


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


def test_silent_says_nothing_for_as_long_as_ordered(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("silent", seconds=0.6)
    began = time.monotonic()
    with asked(sandbox, selfie) as connection:
        assert everything(connection) == b""
    assert 0.55 < time.monotonic() - began < 5


def test_silent_times_a_real_client_out(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("silent")
    with pytest.raises(requests.exceptions.ReadTimeout):
        post(timeout=0.3)


def test_slow_is_late_and_right(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("slow", delay=0.5)
    began = time.monotonic()

    assert post().json()["response_data"]["faces_liveness"] == 0.9998
    assert time.monotonic() - began > 0.5


def test_delay_goes_with_any_outcome(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("limit", delay=0.4)
    began = time.monotonic()

    assert post().status_code == 403
    assert time.monotonic() - began > 0.4


def test_cut_body_promises_more_than_it_sends(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("cut_body")
    with asked(sandbox, selfie) as connection:
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    promised = int(
        next(x for x in head.split(b"\r\n") if x.startswith(b"Content-Length")).split()[1]
    )

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert 0 < len(body) < promised


def test_cut_body_fails_in_a_real_client(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("cut_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post()


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


def test_drip_headers_comes_byte_by_byte(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("drip_headers", interval=0.05)
    with asked(sandbox, selfie) as connection:
        began = time.monotonic()
        pieces = [connection.recv(65536) for _ in range(10)]
    assert b"".join(pieces) == b"HTTP/1.1 2"
    assert time.monotonic() - began > 0.4


def test_drip_body_sends_its_headers_at_once(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("drip_body", interval=0.3)
    with asked(sandbox, selfie) as connection:
        received = b""
        while b"\r\n\r\n{" not in received:
            received += connection.recv(65536)
        began = time.monotonic()
        pieces = [connection.recv(65536) for _ in range(2)]
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(b"".join(pieces)) < 10
    assert time.monotonic() - began > 0.2


def test_a_drip_ends_in_the_whole_answer(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("drip_headers", interval=0)
    sandbox.next("drip_body", interval=0.0005)

    assert post().json()["response_code"] == 2
    assert post().json()["response_code"] == 2


def test_huge_headers(sandbox: Sandbox, selfie: bytes, post: Post) -> None:
    sandbox.next("huge_headers", count=2)
    with asked(sandbox, selfie) as connection:
        connection.settimeout(1)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
    assert len(received) > 1024 * 1024

    with pytest.raises(requests.exceptions.ConnectionError):
        post()


def test_a_peer_that_leaves_ends_the_wait(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("silent")
    with asked(sandbox, selfie):
        assert sandbox.records.wait_for(1, timeout=5)
    assert sandbox.records.wait_for_answers(1, timeout=5)


def test_stop_takes_less_than_a_second_with_hanging_connections(selfie: bytes) -> None:
    sandbox = Sandbox(app_id=APP_ID, app_key=APP_KEY).start()
    sandbox.next("silent", count=3)
    sandbox.next("drip_body", count=3)
    connections = []
    for _ in range(6):
        opened = asked(sandbox, selfie)
        connections.append((opened, opened.__enter__()))
    half_sent = connected(sandbox)
    half_sent.__enter__().sendall(b"POST /v0.2/liveness-verification HTTP/1.1\r\nContent-Le")
    assert sandbox.records.wait_for(6, timeout=5)

    began = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - began < 3

    for opened, _ in connections:
        opened.__exit__(None, None, None)
    half_sent.__exit__(None, None, None)
    with pytest.raises(ConnectionRefusedError), connected(sandbox):
        pass


def test_keep_alive_survives_good_answers_and_errors(sandbox: Sandbox, selfie: bytes) -> None:
    where = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)
    connection.connect()
    first = connection.sock
    for path, status in (("/", 200), ("/nowhere", 404), ("/v0.1/liveness-verification", 401)):
        connection.request("POST" if "liveness" in path else "GET", path, body=selfie)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        assert connection.sock is first
    connection.close()
