"""What the sandbox reads, refuses and records."""

import hashlib
import json
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import Sandbox
from sandbox.selfies import draw_selfie
from tests.sandbox.conftest import APP_ID, APP_KEY, CREDENTIALS, OLD_CREDENTIALS, PATIENCE, Post

ROUTE = "/v0.2/liveness-verification"


def test_a_request_is_recorded_without_a_secret(
    sandbox: Sandbox, post: Post, selfie: bytes
) -> None:
    post(threshold="0.60")
    assert sandbox.records.wait_for_answers(1, PATIENCE)
    (seen,) = sandbox.requests

    assert seen.sha256 == hashlib.sha256(selfie).hexdigest()
    assert (seen.size, seen.format, seen.width, seen.height) == (len(selfie), "jpeg", 95, 71)
    assert (seen.dialect, seen.threshold, seen.outcome) == ("v0.2", "0.60", "live")
    assert (seen.file_name, seen.file_type) == ("me.jpg", "image/jpeg")
    assert sorted(seen.part_names) == ["selfie", "threshold"]
    assert (seen.credential_style, seen.credentials_right) == ("app-id", True)
    assert {"app-id", "app-key", "content-type", "host"} <= set(seen.header_names)
    assert seen.answered_at is not None
    assert seen.answered_at >= seen.received_at
    assert APP_KEY not in repr(seen) + repr(sandbox.credentials)


@pytest.mark.parametrize(
    ("dialect", "headers", "style"),
    [
        ("v0.1", CREDENTIALS, "app-id"),
        ("v0.2", OLD_CREDENTIALS, "app_id"),
        ("v0.2", CREDENTIALS | OLD_CREDENTIALS, "both"),
        ("v0.2", CREDENTIALS | {"app-key": "wrong"}, "app-id"),
        ("v0.2", {"app-id": APP_ID}, "app-id"),
        ("v0.2", {"app-key": APP_KEY}, "app-id"),
        ("v0.2", {}, "none"),
    ],
)
def test_wrong_credentials_are_refused_and_use_up_no_outcome(
    sandbox: Sandbox, post: Post, dialect: str, headers: dict[str, str], style: str
) -> None:
    sandbox.next("not_live")

    assert post(dialect, headers=headers).status_code == 401
    (seen,) = sandbox.requests
    assert (seen.credential_style, seen.credentials_right) == (style, False)
    assert post().json()["response_data"]["faces_liveness"] == 0.0312


@pytest.mark.parametrize("threshold", [None, "", "abc", "nan", "1.01", "-0.1"])
def test_a_threshold_is_needed(sandbox: Sandbox, post: Post, threshold: str | None) -> None:
    assert post(threshold=threshold).status_code == 400
    assert sandbox.requests[0].fault == "Exactly one threshold between 0 and 1 is needed"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x02\xff\xda\x00\x02",
        b"\x89PNG\r\n\x1a\n",
    ],
)  # fmt: skip
def test_an_unreadable_picture_is_refused(sandbox: Sandbox, post: Post, content: bytes) -> None:
    assert post(content=content).status_code == 400
    assert sandbox.requests[0].fault == "The selfie is not a readable JPEG or PNG"


def test_the_size_is_that_of_the_stored_pixels(post: Post) -> None:
    jpeg = draw_selfie(width=300, height=200, orientation=6)
    assert post(content=jpeg).json()["response_data"]["img"] == {"width": 200, "height": 300}
    png = draw_selfie(width=301, height=200, format="PNG")
    assert post(content=png).json()["response_data"]["img"] == {"width": 301, "height": 200}


def part(disposition: str, content: bytes = b"abc") -> bytes:
    head = f"--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--c--", part("name=selfie; filename=a")[:-2], part("name=other") + b"--b--\r\n",
        2 * part("name=selfie; filename=a", draw_selfie()) + part("name=threshold", b"0.5")
        + b"--b--\r\n",
    ],
    ids=["empty", "another boundary", "cut", "no selfie", "two selfies"],
)  # fmt: skip
def test_a_form_that_cannot_be_accepted_is_refused(sandbox: Sandbox, body: bytes) -> None:
    headers = {**CREDENTIALS, "Content-Type": "multipart/form-data; boundary=b"}
    response = requests.post(sandbox.url + ROUTE, body, headers=headers, timeout=PATIENCE)

    assert response.status_code == 400
    assert sandbox.requests[0].fault


def test_a_chunked_body_arrives_whole(sandbox: Sandbox, selfie: bytes) -> None:
    form = part("name=selfie; filename=a", selfie) + part("name=threshold", b"1") + b"--b--\r\n"
    response = requests.post(
        sandbox.url + ROUTE,
        data=(form[at : at + 700] for at in range(0, len(form), 700)),
        headers={**CREDENTIALS, "Content-Type": "multipart/form-data; boundary=b"},
        timeout=PATIENCE,
    )
    assert response.status_code == 200
    assert "transfer-encoding" in sandbox.requests[0].header_names
    assert sandbox.requests[0].sha256 == hashlib.sha256(selfie).hexdigest()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Transfer-Encoding: chunked", b"zz\r\n", 400),
        ("Transfer-Encoding: chunked", b"3\r\nabcd\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", b"3\r\nab", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", b"abc", 400),
        ("Transfer-Encoding: gzip", b"abc", 400),
        ("Content-Length: many", b"abc", 400),
        ("Content-Length: -3", b"abc", 400),
        ("Content-Length: 99999999999", b"abc", 413),
        ("Transfer-Encoding: chunked", b"fffffffff\r\n", 413),
    ],
)
def test_a_body_without_a_clear_end_closes_the_connection(
    sandbox: Sandbox, headers: str, body: bytes, status: int
) -> None:
    where = urlsplit(sandbox.url)
    head = f"POST {ROUTE} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode()
    with socket.create_connection((where.hostname, where.port), timeout=PATIENCE) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        response = b"".join(iter(lambda: connection.recv(65536), b""))

    assert response.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in response
    assert response.count(b"HTTP/1.1") == 1
    assert sandbox.requests == ()


def test_curl_with_expect_100_continue(sandbox: Sandbox, tmp_path: Path) -> None:
    selfie = tmp_path / "selfie.jpg"
    selfie.write_bytes(draw_selfie(width=300, height=200) + bytes(2_000_000))
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *("curl", "--silent", "--show-error", "--verbose"),
            *("--expect100-timeout", str(PATIENCE), "-H", "Expect: 100-continue"),
            *("-H", f"app_id: {APP_ID}", "-H", f"app_key: {APP_KEY}"),
            *("-F", f"selfie=@{selfie}", "-F", "threshold=0.75"),
            f"{sandbox.url}/v0.1/liveness-verification",
        ],
        capture_output=True,
        check=True,
    )
    assert b"100 Continue" in done.stderr
    assert json.loads(done.stdout)["response_data"]["img"] == {"height": 200, "width": 300}
    assert sandbox.requests[0].sha256 == hashlib.sha256(selfie.read_bytes()).hexdigest()


def test_other_addresses_and_methods(sandbox: Sandbox) -> None:
    for method, path, status in (
        ("GET", ROUTE, 405),
        ("POST", "/v0.3/liveness-verification", 404),
        ("PATCH", "/", 501),
    ):
        response = requests.request(method, sandbox.url + path, timeout=PATIENCE)
        assert response.status_code == status
        assert response.headers.get("Allow") == ("POST" if status == 405 else None)
    assert sandbox.requests == ()

    page = requests.get(f"{sandbox.url}/", timeout=PATIENCE)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "This is a sandbox. It does not judge liveness." in page.text
    assert f"{sandbox.url}/control/next" in page.text
