"""What real clients send today is read to the byte; `tests.bodies` writes alike."""

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from liveness_gateway.entrypoints.http.multipart import read_form
from tests.adapters.raw_server import RawServer, read_request, response
from tests.bodies import CLIENTS, Body, form
from tests.e2e import clients
from tests.images import drawn

JPEG = drawn("JPEG", 320, 240) + b"\r\n--\r\n"


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
def test_the_body_of_a_real_client_is_read_to_the_byte(client: str, path: Path) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(response(b"", Connection="close"))

    with RawServer(behave) as server:
        POSTS[client](server.url, path, "0.6", {})
    head, _, content = seen[0].partition(b"\r\n\r\n")
    (content_type,) = re.findall(r"(?im)^content-type: (.+?)\r?$", head.decode())
    sent = Body(content_type, content)
    found = read_form(sent.content_type, sent.content)
    assert (found.selfie, found.threshold, found.subject_ref) == (JPEG, b"0.6", None)
    boundary = sent.content_type.partition("boundary=")[2].strip('"')
    alike = form(client, JPEG)
    ours = alike.content.replace(CLIENTS[client].boundary.encode(), boundary.encode())
    assert sent.content.rstrip(b"\r\n") == ours.rstrip(b"\r\n")
