"""What real clients put on the compat today is read to the byte; `tests.bodies` writes alike."""

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from liveness_gateway.entrypoints.http.multipart import read_form
from tests.bodies import CLIENTS, Body, form
from tests.e2e import clients
from tests.images import drawn

JPEG = drawn("JPEG", 320, 240) + b"\r\n--\r\n"


class Capture(BaseHTTPRequestHandler):
    """Keeps the body as it came over the compat, chunks put together."""

    bodies: ClassVar[list[Body]] = []
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = self.headers["Content-Length"]
        content = self._chunks() if length is None else self.rfile.read(int(length))
        self.bodies.append(Body(self.headers["Content-Type"], content))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _chunks(self) -> bytes:
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Capture.bodies.clear()
    with HTTPServer(("127.0.0.1", 0), Capture) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v0.1/liveness-verification"
        server.shutdown()
        thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "selfie.jpg"
    file.write_bytes(JPEG)
    return file


def post_with_httpx(url: str, path: Path, threshold: str, _: Mapping[str, str]) -> None:
    with path.open("rb") as file:
        data = {"threshold": threshold}
        httpx.post(url, files={"selfie": file}, data=data, timeout=30, trust_env=False)


POSTS: dict[str, Callable[[str, Path, str, Mapping[str, str]], object]] = {
    "curl": clients.CLIENTS["curl"],
    "requests": clients.CLIENTS["python-requests"],
    "httpx": post_with_httpx,
    "node form-data": clients.CLIENTS["node-form-data"],
    "undici": clients.CLIENTS["node-fetch"],
}


@pytest.mark.parametrize("client", POSTS)
def test_the_body_of_a_real_client_is_read_to_the_byte(client: str, path: Path, url: str) -> None:
    POSTS[client](url, path, "0.6", {})
    (sent,) = Capture.bodies
    found = read_form(sent.content_type, sent.content)
    assert (found.selfie, found.threshold, found.subject_ref) == (JPEG, b"0.6", None)
    boundary = sent.content_type.partition("boundary=")[2].strip('"')
    alike = form(client, JPEG)
    ours = alike.content.replace(CLIENTS[client].boundary.encode(), boundary.encode())
    assert sent.content.rstrip(b"\r\n") == ours.rstrip(b"\r\n")
