"""The local server: what it passes on unchanged, and what it serves itself.

That it reads records and events, and that a port is taken once, is in tests/e2e.
"""

import hashlib
import http.client
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from local.server.listener import listen
from local.server.page_backend import PageBackend
from local.server.server import Server


@dataclass
class Behind:
    """The API and the sandbox behind the server: what reached them, and their next response."""

    line: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    closings: list[None] = field(default_factory=list)
    response: tuple[int, list[tuple[str, str]], bytes] = (200, [], b"{}")


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def server(behind: Behind) -> Iterator[Server]:
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            behind.line = self.requestline
            behind.headers = [(name.lower(), value) for name, value in self.headers.items()]
            behind.body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, headers, body = behind.response
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if body:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_OPTIONS = handle_any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as api:
        threading.Thread(target=api.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{api.server_address[1]}"
        backend = PageBackend(
            config={"api_key": "shown"},
            events=lambda _: [],
            record=lambda _: None,
            sandbox_url=address,
            close_circuit=lambda: behind.closings.append(None),
        )
        try:
            with listen(0) as listener, Server(listener, f"{address}/base/stage", backend) as it:
                yield it
        finally:
            api.shutdown()


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    yield connection
    connection.close()


def test_a_request_passes_unchanged(connection: http.client.HTTPConnection, behind: Behind) -> None:
    body = os.urandom(300_000)
    connection.putrequest("POST", "/v1/a%2Fb%20c/../d;e?q=%27x&q=y+z", skip_accept_encoding=True)
    for name, value in [
        ("Origin", "https://shop.example"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
        ("Content-Type", "multipart/form-data; boundary=ab"),
        ("Content-Length", str(len(body))),
        ("Connection", "X-Dropped"),
        ("X-Dropped", "1"),
        ("Expect", "100-continue"),
    ]:
        connection.putheader(name, value)
    connection.endheaders(body)
    assert connection.getresponse().status == 200
    assert behind.line == "POST /base/stage/v1/a%2Fb%20c/../d;e?q=%27x&q=y+z HTTP/1.1"
    assert hashlib.sha256(behind.body).digest() == hashlib.sha256(body).digest()
    assert [value for name, value in behind.headers if name == "x-twice"] == ["1", "2"]
    assert ("origin", "https://shop.example") in behind.headers
    names = dict(behind.headers).keys()
    assert not {"x-dropped", "expect", "user-agent", "accept", "accept-encoding"} & names
    assert dict(behind.headers)["host"].startswith("127.0.0.1:")


def test_a_response_passes_unchanged(
    connection: http.client.HTTPConnection, behind: Behind
) -> None:
    body = bytes(range(256))
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Encoding", "gzip")]
    behind.response = (422, [*headers, ("Connection", "X-Hop"), ("X-Hop", "1")], body)
    connection.request("OPTIONS", "/v0.2/x")
    response = connection.getresponse()
    assert (response.status, response.read()) == (422, body)
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers["content-encoding"] == "gzip"
    assert not {"x-hop", "server", "date"} & {name.lower() for name in response.headers}
    assert behind.line.startswith("OPTIONS /base/stage/v0.2/x ")


def test_a_response_without_a_body_has_no_length(server: Server, behind: Behind) -> None:
    behind.response = (204, [("Access-Control-Allow-Origin", "*"), ("Content-Length", "2")], b"")
    response = httpx.options(f"{server.url}/v1/x", trust_env=False)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers


def test_a_chunked_request_arrives_whole(server: Server, behind: Behind) -> None:
    httpx.post(f"{server.url}/v0.1/x", content=iter([b"ab", b"cd"]), trust_env=False)
    assert behind.body == b"abcd"


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

    foreign = httpx.get(url, headers={"host": f"evil.example:{port}"}, trust_env=False)
    assert foreign.status_code == 400
    assert "shown" not in foreign.text


def test_an_outcome_is_passed_to_the_sandbox_and_closes_the_circuit(
    server: Server, behind: Behind
) -> None:
    httpx.put(f"{server.url}/local/sandbox/next", content=b'{"count": 1}', trust_env=False)
    assert behind.line.startswith("PUT /control/next ")
    assert behind.body == b'{"count": 1}'
    assert behind.closings


def test_the_page_allows_no_content_from_elsewhere(server: Server) -> None:
    page = httpx.get(f"{server.url}/", trust_env=False)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert httpx.get(f"{server.url}/../server/server.py", trust_env=False).status_code == 404
