"""How responses are sent: the bytes on a socket.

What a client makes of each broken response is in tests/adapters/upstream.
"""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from sandbox import Sandbox
from sandbox.scripted_outcomes import Options
from tests.sandbox.conftest import APP_ID, APP_KEY, PATIENCE, ROUTE


@contextmanager
def asked(sandbox: Sandbox, selfie: bytes) -> Iterator[socket.socket]:
    """A connection for one valid request, which is sent when the sandbox asks for its body."""
    form = (
        b'--b\r\nContent-Disposition: form-data; name="threshold"\r\n\r\n0.6\r\n'
        b'--b\r\nContent-Disposition: form-data; name="selfie"; filename="a.jpg"\r\n\r\n'
        + selfie
        + b"\r\n--b--\r\n"
    )
    head = (
        f"POST {ROUTE} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
        f"app-id: {APP_ID}\r\napp-key: {APP_KEY}\r\nContent-Length: {len(form)}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nExpect: 100-continue\r\n\r\n"
    )
    with connected(sandbox) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(form)
        yield connection


def connected(sandbox: Sandbox) -> socket.socket:
    where = urlsplit(sandbox.url)
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_cut_ends_the_connection_and_reset_breaks_it(sandbox: Sandbox, selfie: bytes) -> None:
    sandbox.next("cut")
    sandbox.next("reset_before_status")
    with asked(sandbox, selfie) as connection:
        assert everything(connection) == b""
    with asked(sandbox, selfie) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)
    assert sandbox.requests[0].size == len(selfie)


@pytest.mark.parametrize(
    ("outcome", "options", "before", "status"),
    [
        ("slow", {"delay": 3600}, b"", b"HTTP/1.1 200 OK\r\n"),
        ("limit", {"delay": 3600}, b"", b"HTTP/1.1 403 Forbidden\r\n"),
        ("silent", {"seconds": 3600}, b"", b""),
        ("drip_headers", {"interval": 3600}, b"H", b"HTTP/1.1 200 OK\r\n"),
        ("drip_body", {"interval": 3600}, b"\r\n\r\n{", b"HTTP/1.1 200 OK\r\n"),
    ],
)
def test_a_pause_lasts_until_delays_are_ended_or_the_peer_leaves(  # noqa: PLR0913, PLR0917 - fixtures and cases
    sandbox: Sandbox, selfie: bytes, outcome: str, options: Options, before: bytes, status: bytes
) -> None:
    sandbox.set_default(outcome, **options)
    with asked(sandbox, selfie) as connection:
        assert sandbox.records.wait_for(1, PATIENCE)
        received = b""
        while not received.endswith(before):
            received += connection.recv(65536)
        assert not sandbox.records.wait_for_answers(1, 0)
        sandbox.end_delays()
        received += everything(connection)
        assert received.startswith(status)
        assert received.endswith(b"}") is (outcome != "silent")
    with asked(sandbox, selfie):
        assert sandbox.records.wait_for(2, PATIENCE)
        assert not sandbox.records.wait_for_answers(2, 0)
    assert sandbox.records.wait_for_answers(2, PATIENCE)


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
    for method, path, status in (("GET", "/", 200), ("GET", "/nowhere", 404), ("POST", ROUTE, 401)):
        connection.request(method, path, body=selfie)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is first
    connection.close()
