"""The local server: what it passes on unchanged, and what it serves itself.

That it reads records and events, and that a port is taken once, is in tests/e2e.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from local.server.listener import listen
from local.server.page_backend import PageBackend
from local.server.server import Server
from tests.adapters.raw_server import RawServer, read_request, response


@dataclass
class Behind:
    """The API and the sandbox behind the server: what reached them, and their next response."""

    received: bytes = b""
    response: bytes = response(b"{}")
    closings: list[None] = field(default_factory=list)

    def __call__(self, connection: socket.socket) -> None:
        self.received = read_request(connection)
        connection.sendall(self.response)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def server(behind: Behind) -> Iterator[Server]:
    with RawServer(behind) as api:
        address = f"http://127.0.0.1:{api.port}"
        backend = PageBackend(
            config={"api_key": "shown"},
            events=lambda _: [],
            record=lambda _: None,
            sandbox_url=address,
            close_circuit=lambda: behind.closings.append(None),
        )
        with listen(0) as listener, Server(listener, f"{address}/base/stage", backend) as running:
            yield running


def exchange(server: Server, *request: str, body: bytes = b"x") -> bytes:
    """The whole response to a request, both as bytes."""
    host = server.url.removeprefix("http://")
    head = [*request, f"Host: {host}", f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as connection:
        connection.sendall("\r\n".join(head).encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_request_passes_unchanged(server: Server, behind: Behind) -> None:
    body = os.urandom(300_000)
    exchange(
        server,
        "POST /v1/a%2Fb%20c/../d;e?q=%27x&q=y+z HTTP/1.1",
        "Origin: https://shop.example",
        "X-Twice: 1",
        "X-Twice: 2",
        "Connection: X-Dropped, close",
        "X-Dropped: 1",
        body=body,
    )
    head, _, received = behind.received.partition(b"\r\n\r\n")
    assert received == body
    line, *headers = head.decode().split("\r\n")
    assert line == "POST /base/stage/v1/a%2Fb%20c/../d;e?q=%27x&q=y+z HTTP/1.1"
    assert sorted(header.lower().partition(":")[0] for header in headers) == [
        "content-length", "host", "origin", "x-twice", "x-twice",
    ]  # fmt: skip
    assert [header[-1] for header in headers if header.lower().startswith("x-twice")] == ["1", "2"]


def test_a_chunked_request_arrives_whole(server: Server, behind: Behind) -> None:
    httpx.post(f"{server.url}/v0.1/x", content=iter([b"ab", b"cd"]), trust_env=False)
    assert behind.received.endswith(b"\r\n\r\nabcd")


def test_a_response_passes_unchanged(server: Server, behind: Behind) -> None:
    body = bytes(range(256))
    behind.response = (
        b"HTTP/1.1 422 No\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-encoding: gzip\r\n"
        b"connection: X-Hop\r\nx-hop: 1\r\ncontent-length: 256\r\n\r\n" + body
    )
    received = exchange(server, "OPTIONS /v0.2/x HTTP/1.1", "Connection: close")
    head, _, content = received.partition(b"\r\n\r\n")
    assert content == body
    assert head.startswith(b"HTTP/1.1 422 ")
    assert head.split(b"\r\n")[1:] == [
        b"set-cookie: a=1", b"set-cookie: b=2", b"content-encoding: gzip",
        b"content-length: 256", b"Connection: close",
    ]  # fmt: skip
    assert behind.received.startswith(b"OPTIONS /base/stage/v0.2/x ")


def test_a_response_without_a_body_has_no_length(server: Server, behind: Behind) -> None:
    behind.response = b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n"
    received = exchange(server, "OPTIONS /v1/x HTTP/1.1", "Connection: close")
    assert received.startswith(b"HTTP/1.1 204 ")
    assert b"content-length" not in received.lower()


def test_an_api_that_has_ended_is_a_502() -> None:
    backend = PageBackend({}, lambda _: [], lambda _: None, None, lambda: None)
    with listen(0) as closed:
        host, port = closed.getsockname()
    assert host == "127.0.0.1"
    with listen(0) as listener, Server(listener, f"http://{host}:{port}", backend) as server:
        assert httpx.get(f"{server.url}/v1/health", trust_env=False).status_code == 502
        sandbox = httpx.put(f"{server.url}/local/sandbox/next", json={}, trust_env=False)
        assert sandbox.status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("config.json", 200, {"api_key": "shown"}),
        ("events?verification_id=other", 200, []),
        ("records/other", 404, {"error": "not found"}),
    ],
)
def test_what_the_page_reads_is_for_this_machine(
    server: Server, path: str, status: int, body: object
) -> None:
    url, port = f"{server.url}/local/{path}", server.url.rpartition(":")[2]
    response = httpx.get(url, headers={"host": f"localhost:{port}"}, trust_env=False)
    assert (response.status_code, response.json()) == (status, body)
    assert response.headers["cache-control"] == "no-store"


PAGES = [
    {"host": "evil.example"}, {"host": "127.0.0.1"}, {"host": "evil.example:80"},
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
]  # fmt: skip


@pytest.mark.parametrize("headers", PAGES)
def test_a_page_of_elsewhere_reads_and_changes_nothing(
    server: Server, behind: Behind, headers: dict[str, str]
) -> None:
    for method, path in (
        ("GET", "/local/config.json"), ("GET", "/local/events"), ("GET", "/local/records/x"),
        ("PUT", "/local/sandbox/next"), ("GET", "/"), ("GET", "/page.js"), ("POST", "/"),
    ):  # fmt: skip
        refused = httpx.request(method, server.url + path, headers=headers, trust_env=False)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
        assert "shown" not in refused.text
    assert (behind.received, behind.closings) == (b"", [])


def test_the_api_serves_pages_of_every_origin_but_no_foreign_name(
    server: Server, behind: Behind
) -> None:
    page = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
    url = f"{server.url}/v1/verifications"
    assert httpx.post(url, content=b"x", headers=page, trust_env=False).status_code == 200
    behind.received = b""
    rebound = page | {"host": "evil.example"}
    assert httpx.post(url, content=b"x", headers=rebound, trust_env=False).status_code == 403
    assert behind.received == b""


def test_a_link_of_another_page_opens_the_page(server: Server) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert httpx.get(f"{server.url}/", headers=link, trust_env=False).status_code == 200


@pytest.mark.parametrize("path", ["/local/v1/verifications", "/local/v0.2/liveness-verification"])
def test_the_path_with_the_stage_in_front_is_the_same_api(
    server: Server, behind: Behind, path: str
) -> None:
    httpx.post(f"{server.url}{path}?q=1", content=b"x", trust_env=False)
    expected = f"POST /base/stage{path.removeprefix('/local')}?q=1 HTTP/1.1\r\n"
    assert behind.received.startswith(expected.encode())


_ANOTHER_USER = r"""
import encodings.idna, os, socket, sys  # read before they can no longer be
host, port, path = sys.argv[1:]
os.setuid(65534)
with socket.create_connection((host, int(port))) as connection:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", "", ""]
    connection.sendall("\r\n".join(lines).encode())
    print(connection.recv(65536).decode())
"""


def another_user_gets(url: str, path: str) -> str:
    """The response to a program of the user `nobody`."""
    host, port = url.removeprefix("http://").split(":")
    done = subprocess.run(  # noqa: S603 - our own interpreter and source
        [sys.executable, "-c", _ANOTHER_USER, host, port, path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_of_this_machine_is_refused(server: Server) -> None:
    for path in ("/local/config.json", "/v1/health", "/"):
        assert another_user_gets(server.url, path).startswith("HTTP/1.1 403 ")


_SENDS_AND_LEAVES = r"""
import encodings.idna, os, socket, sys  # read before they can no longer be
host, port = sys.argv[1:]
os.setuid(65534)
lines = ["PUT /local/sandbox/next HTTP/1.1", f"Host: {host}:{port}", "Content-Length: 0", "", ""]
for _ in range(50):
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall("\r\n".join(lines).encode())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_who_does_not_wait_for_the_answer_changes_nothing(
    server: Server, behind: Behind
) -> None:
    """A socket that was closed is listed as root's."""
    host, port = server.url.removeprefix("http://").split(":")
    subprocess.run([sys.executable, "-c", _SENDS_AND_LEAVES, host, port], check=True)  # noqa: S603 - our own interpreter and source
    # By then everything before it was served.
    assert httpx.get(f"{server.url}/local/events", trust_env=False).status_code == 200
    assert (behind.received, behind.closings) == (b"", [])
