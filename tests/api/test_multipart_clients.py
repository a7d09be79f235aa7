"""What real clients put on the compat today is read to the byte; `tests.bodies` writes alike."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
import requests

from liveness_gateway.entrypoints.http.multipart import read_form
from tests.bodies import CLIENTS, Body, form
from tests.images import drawn

JPEG = drawn("JPEG", 320, 240) + b"\r\n--\r\n"
ROOT = Path(__file__).parents[2]
NODE = Path(sys.executable).with_name("node")

FORM_DATA = """
const FormData = require('form-data');
const fs = require('fs');
const form = new FormData();
form.append('selfie', fs.createReadStream(process.argv[1]));
form.append('threshold', '0.6');
form.submit(process.argv[2], (error, response) => {
  if (error) throw error;
  response.resume();
});
"""
FETCH = """
const fs = require('fs');
const form = new FormData();
const blob = new Blob([fs.readFileSync(process.argv[1])], {type: 'image/jpeg'});
form.append('selfie', blob, 'selfie.jpg');
form.append('threshold', '0.6');
fetch(process.argv[2], {method: 'POST', body: form}).then((response) => response.text());
"""


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


def send_curl(path: Path, url: str) -> None:
    fields = ["-F", f"selfie=@{path}", "-F", "threshold=0.6"]
    command = ["curl", "-sS", "--fail", "--noproxy", "*", *fields, url]
    subprocess.run(command, check=True, timeout=30)  # noqa: S603 - the client under test


def send_requests(path: Path, url: str) -> None:
    with path.open("rb") as file, requests.Session() as session:
        session.trust_env = False
        files = [("selfie", ("selfie.jpg", file, "image/jpeg"))]
        session.post(url, files=files, data={"threshold": "0.6"}, timeout=30)


def send_httpx(path: Path, url: str) -> None:
    with path.open("rb") as file:
        data = {"threshold": "0.6"}
        httpx.post(url, files={"selfie": file}, data=data, timeout=30, trust_env=False)


def _node(script: str, path: Path, url: str) -> None:
    command = [str(NODE), "-e", script, str(path), url]
    subprocess.run(command, check=True, timeout=30, cwd=ROOT)  # noqa: S603 - the client under test


def send_form_data(path: Path, url: str) -> None:
    _node(FORM_DATA, path, url)


def send_fetch(path: Path, url: str) -> None:
    _node(FETCH, path, url)


SENDERS = {
    "curl": send_curl,
    "requests": send_requests,
    "httpx": send_httpx,
    "node form-data": send_form_data,
    "undici": send_fetch,
}


@pytest.mark.parametrize("client", SENDERS)
def test_the_body_of_a_real_client_is_read_to_the_byte(client: str, path: Path, url: str) -> None:
    SENDERS[client](path, url)
    (sent,) = Capture.bodies
    found = read_form(sent.content_type, sent.content)
    assert (found.selfie, found.threshold, found.subject_ref) == (JPEG, b"0.6", None)
    boundary = sent.content_type.partition("boundary=")[2].strip('"')
    alike = form(client, JPEG)
    ours = alike.content.replace(CLIENTS[client].boundary.encode(), boundary.encode())
    assert sent.content.rstrip(b"\r\n") == ours.rstrip(b"\r\n")
