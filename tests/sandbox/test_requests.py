"""What the sandbox reads, refuses and records."""

import hashlib
import socket

import pytest
import requests

from sandbox import Sandbox
from tests.sandbox.conftest import (
    APP_ID,
    APP_KEY,
    CREDENTIALS,
    JPEG,
    PATIENCE,
    ROUTE,
    SELFIE,
    THRESHOLD,
    VALID_FORM,
    Post,
    connected,
    everything,
    form,
)

OLD_ROUTE, OLD_CREDENTIALS = ROUTE.replace("2", "1"), {"app_id": APP_ID, "app_key": APP_KEY}
FORM = {**CREDENTIALS, "Content-Type": "multipart/form-data; boundary=b"}
UNREADABLE = (
    b"hello", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x02\xff\xda\x00\x02", b"\x89PNG\r\n\x1a\n",
)  # fmt: skip


def test_a_request_is_recorded_without_a_secret(sandbox: Sandbox, post: Post) -> None:
    post(threshold="0.60")
    assert sandbox.records.wait_for_answers(1, PATIENCE)
    (seen,) = sandbox.requests

    assert seen.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert (seen.size, seen.format, seen.width, seen.height) == (len(JPEG), "jpeg", 95, 71)
    assert (seen.dialect, seen.threshold, seen.outcome) == ("v0.2", "0.60", "live")
    assert (seen.file_name, seen.file_type) == ("me.jpg", "image/jpeg")
    assert sorted(seen.part_names) == ["selfie", "threshold"]
    assert (seen.credential_style, seen.credentials_right) == ("app-id", True)
    assert {"app-id", "app-key", "content-type", "host"} <= set(seen.header_names)
    assert seen.answered_at is not None
    assert seen.answered_at >= seen.received_at
    assert APP_KEY not in repr(seen) + repr(sandbox.credentials)


@pytest.mark.parametrize(
    ("route", "headers", "style"),
    [
        (OLD_ROUTE, CREDENTIALS, "app-id"),
        (ROUTE, OLD_CREDENTIALS, "app_id"),
        (ROUTE, CREDENTIALS | OLD_CREDENTIALS, "both"),
        (ROUTE, CREDENTIALS | {"app-key": "wrong"}, "app-id"),
        (ROUTE, {"app-id": APP_ID}, "app-id"),
        (ROUTE, {}, "none"),
    ],
)
def test_wrong_credentials_are_refused_and_use_up_no_outcome(
    sandbox: Sandbox, post: Post, route: str, headers: dict[str, str], style: str
) -> None:
    sandbox.next("not_live")

    assert post(route, headers=headers).status_code == 401
    (seen,) = sandbox.requests
    assert (seen.credential_style, seen.credentials_right) == (style, False)
    assert post().json()["response_data"]["faces_liveness"] == 0.0312


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "not well formed"),
        (b"--c--", "not well formed"),
        (form((SELFIE, JPEG), end=b""), "not well formed"),
        (form(("name=other", b"1")), "Exactly one selfie file"),
        (form(("name=selfie", JPEG)), "Exactly one selfie file"),
        (form((SELFIE, JPEG), (SELFIE, JPEG)), "Exactly one selfie file"),
        *[(form((SELFIE, content)), "not a readable JPEG or PNG") for content in UNREADABLE],
        (form((SELFIE, JPEG)), "Exactly one threshold between 0 and 1"),
        *[
            (form((SELFIE, JPEG), (THRESHOLD, text)), "Exactly one threshold between 0 and 1")
            for text in (b"", b"abc", b"nan", b"1.01", b"-0.1")
        ],
    ],
)
def test_a_form_that_cannot_be_accepted_is_refused(
    sandbox: Sandbox, body: bytes, fault: str
) -> None:
    response = requests.post(sandbox.url + ROUTE, body, headers=FORM, timeout=PATIENCE)
    assert response.status_code == 400
    assert fault in (sandbox.requests[0].fault or "")


def test_a_chunked_body_arrives_whole(sandbox: Sandbox) -> None:
    chunks = (VALID_FORM[at : at + 700] for at in range(0, len(VALID_FORM), 700))
    response = requests.post(sandbox.url + ROUTE, chunks, headers=FORM, timeout=PATIENCE)
    assert response.status_code == 200
    assert "transfer-encoding" in sandbox.requests[0].header_names
    assert sandbox.requests[0].sha256 == hashlib.sha256(JPEG).hexdigest()


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
    head = f"POST {ROUTE} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode()
    with connected(sandbox) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        response = everything(connection)

    assert response.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in response
    assert response.count(b"HTTP/1.1") == 1
    assert sandbox.requests == ()


def test_other_addresses_and_methods(sandbox: Sandbox, post: Post) -> None:
    assert post("/v0.3/liveness-verification").status_code == 404
    get = requests.get(sandbox.url + ROUTE, timeout=PATIENCE)
    assert (get.status_code, get.headers["Allow"]) == (405, "POST")
    assert sandbox.requests == ()
    page = requests.get(f"{sandbox.url}/", timeout=PATIENCE)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "This is a sandbox. It does not judge liveness." in page.text
    assert f"{sandbox.url}/control/next" in page.text
