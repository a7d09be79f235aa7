import hashlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from local.server.server import Backstage, Front, PortUnavailableError, listen

RECORD = {"verification_id": "known", "status": "completed"}
EVENTS = [{"id": "1"}]


class Seen:
    """What reached the API behind the front, and what it answers next."""

    def __init__(self) -> None:
        self.line = ""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.calmed: list[bool] = []
        self.answer: tuple[int, list[tuple[str, str]], bytes] = (200, [], b"{}")


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def front(seen: Seen) -> Iterator[Front]:
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            seen.line = self.requestline
            seen.headers = list(self.headers.items())
            seen.body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, headers, body = seen.answer
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if body:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_OPTIONS = do_DELETE = handle_any  # noqa: N815 - their names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{api.server_address[1]}"
        backstage = Backstage(
            config={"api_key": "shown"},
            events=lambda id_: EVENTS if id_ == "known" else [],
            record=lambda id_: RECORD if id_ == "known" else None,
            sandbox_url=address,
            close_circuit=lambda: seen.calmed.append(True),
        )
        try:
            with listen(0) as listener, Front(listener, f"{address}/base/stage", backstage) as it:
                yield it
        finally:
            api.shutdown()


def test_a_request_passes_unchanged(front: Front, seen: Seen) -> None:
    body = os.urandom(300_000)
    connection = http.client.HTTPConnection(front.url.removeprefix("http://"))
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
    connection.close()
    assert seen.line == "POST /base/stage/v1/a%2Fb%20c/../d;e?q=%27x&q=y+z HTTP/1.1"
    assert hashlib.sha256(seen.body).digest() == hashlib.sha256(body).digest()
    names = [name.lower() for name, _ in seen.headers]
    assert [value for name, value in seen.headers if name.lower() == "x-twice"] == ["1", "2"]
    assert ("origin", "https://shop.example") in [(n.lower(), v) for n, v in seen.headers]
    assert not {"x-dropped", "expect", "user-agent", "accept", "accept-encoding"} & set(names)
    assert dict(seen.headers)["Host"].startswith("127.0.0.1:")


def test_a_chunked_request_arrives_whole(front: Front, seen: Seen) -> None:
    httpx.post(f"{front.url}/v0.1/x", content=iter([b"ab", b"cd"]), trust_env=False)
    assert seen.body == b"abcd"


def test_an_answer_passes_unchanged(front: Front, seen: Seen) -> None:
    body = bytes(range(256))
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Encoding", "gzip")]
    seen.answer = (422, [*headers, ("Connection", "X-Hop"), ("X-Hop", "1")], body)
    connection = http.client.HTTPConnection(front.url.removeprefix("http://"))
    connection.request("OPTIONS", "/v0.2/x")
    answer = connection.getresponse()
    assert answer.status == 422
    assert answer.read() == body
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-encoding"] == "gzip"
    assert not {"x-hop", "server", "date"} & {name.lower() for name in answer.headers}
    connection.close()
    assert seen.line.startswith("OPTIONS /base/stage/v0.2/x ")


def test_an_answer_that_may_have_no_body_claims_none(front: Front, seen: Seen) -> None:
    seen.answer = (204, [("Access-Control-Allow-Origin", "*"), ("Content-Length", "2")], b"")
    answer = httpx.options(f"{front.url}/v1/x", trust_env=False)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers


def test_an_api_that_is_gone_is_a_502() -> None:
    backstage = Backstage({}, lambda _: [], lambda _: None, None, lambda: None)
    with listen(0) as closed:
        gone = closed.getsockname()[1]
    with listen(0) as listener, Front(listener, f"http://127.0.0.1:{gone}", backstage) as front:
        assert httpx.get(f"{front.url}/v1/health", trust_env=False).status_code == 502
        sandbox = httpx.put(f"{front.url}/local/sandbox/next", json={}, trust_env=False)
        assert sandbox.status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("config.json", 200, {"api_key": "shown"}),
        ("events?verification_id=known", 200, EVENTS),
        ("events?verification_id=other", 200, []),
        ("records/known", 200, RECORD),
        ("records/other", 404, {"error": "not found"}),
    ],
)
def test_what_the_page_reads(front: Front, path: str, status: int, body: object) -> None:
    answer = httpx.get(f"{front.url}/local/{path}", trust_env=False)
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_the_sandbox_is_told(front: Front, seen: Seen) -> None:
    seen.answer = (200, [("Content-Type", "application/json")], b"{}")
    order = {"outcome": "not_live", "count": 1}
    answer = httpx.put(f"{front.url}/local/sandbox/next", json=order, trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {})
    assert seen.line.startswith("PUT /control/next ")
    assert httpx.Response(200, content=seen.body).json() == order
    assert seen.calmed


@pytest.mark.parametrize("path", ["config.json", "events", "records/known"])
def test_a_name_that_was_made_to_point_here_reads_nothing(front: Front, path: str) -> None:
    port = front.url.rpartition(":")[2]
    url = f"{front.url}/local/{path}"
    foreign = httpx.get(url, headers={"host": f"evil.example:{port}"}, trust_env=False)
    assert foreign.status_code == 400
    assert "shown" not in foreign.text
    ours = httpx.get(url, headers={"host": f"localhost:{port}"}, trust_env=False)
    assert ours.status_code == 200


def test_the_page_runs_nothing_foreign(front: Front) -> None:
    page = httpx.get(f"{front.url}/", trust_env=False)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<html" in page.text
    assert httpx.get(f"{front.url}/../server/server.py", trust_env=False).status_code == 404


def test_a_busy_port_is_said_in_one_line() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnavailableError, match=f"Port {port} is in use") as caught:
            listen(port)
    assert str(caught.value).count("\n") == 0


def test_the_front_listens_on_loopback_only() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.family == socket.AF_INET
