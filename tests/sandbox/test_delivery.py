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
from tests.sandbox.conftest import CREDENTIALS, PATIENCE, ROUTE, VALID_FORM, connected, everything


@contextmanager
def asked(sandbox: Sandbox) -> Iterator[socket.socket]:
    """A connection for one valid request, which is sent when the sandbox asks for its body."""
    credentials = "".join(f"{name}: {value}\r\n" for name, value in CREDENTIALS.items())
    head = (
        f"POST {ROUTE} HTTP/1.1\r\nHost: {sandbox.url.removeprefix('http://')}\r\n"
        "Connection: close\r\nExpect: 100-continue\r\n"
        f"{credentials}Content-Length: {len(VALID_FORM)}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with connected(sandbox) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(VALID_FORM)
        yield connection


def test_cut_ends_the_connection_and_reset_breaks_it(sandbox: Sandbox) -> None:
    sandbox.next("cut")
    sandbox.next("reset_before_status")
    with asked(sandbox) as connection:
        assert everything(connection) == b""
    with asked(sandbox) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


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
def test_a_pause_lasts_until_delays_are_ended_or_the_peer_leaves(
    sandbox: Sandbox, outcome: str, options: Options, before: bytes, status: bytes
) -> None:
    sandbox.set_default(outcome, **options)
    with asked(sandbox) as connection:
        assert sandbox.records.wait_for(1, PATIENCE)
        received = b""
        while not received.endswith(before):
            received += connection.recv(65536)
        assert not sandbox.records.wait_for_answers(1, 0)
        sandbox.end_delays()
        received += everything(connection)
        assert received.startswith(status)
        assert received.endswith(b"}") is (outcome != "silent")
    with asked(sandbox):
        assert sandbox.records.wait_for(2, PATIENCE)
        assert not sandbox.records.wait_for_answers(2, 0)
    assert sandbox.records.wait_for_answers(2, PATIENCE)


def test_two_hundred_requests_are_served_at_once_and_stop_ends_them() -> None:
    sandbox = Sandbox(app_key=CREDENTIALS["app-key"]).start()
    sandbox.set_default("slow", delay=3600)
    sandbox.next("drip_body", count=3, interval=3600)
    with ExitStack() as connections:
        for _ in range(200):
            connections.enter_context(asked(sandbox))
        half_sent = connections.enter_context(connected(sandbox))
        half_sent.sendall(b"POST /v0.2/liveness-verification HTTP/1.1\r\nContent-Le")
        assert sandbox.records.wait_for(200, PATIENCE)
        assert not sandbox.records.wait_for_answers(1, 0)
        sandbox.stop()
    with pytest.raises(ConnectionRefusedError), connected(sandbox):
        pass


def test_keep_alive_survives_good_responses_and_errors(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=PATIENCE)
    connection.connect()
    first = connection.sock
    for method, path, status in (("GET", "/", 200), ("GET", "/nowhere", 404), ("POST", ROUTE, 401)):
        connection.request(method, path, body=b"x")
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is first
    connection.close()
