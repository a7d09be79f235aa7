"""One exchange with the sandbox upstream and with raw sockets: what is sent, and what is taken."""

import hashlib
import os
import socket
from collections.abc import Iterator
from decimal import Decimal

import pytest

from liveness_gateway.adapters.upstream.answers import read_answer
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.adapters.user_agent import USER_AGENT
from liveness_gateway.verifications.model import Selfie
from liveness_gateway.verifications.selfie import check_selfie
from sandbox import Sandbox
from sandbox.selfies import draw_selfie
from tests.adapters.exchange import KEY, eventually, post, within
from tests.adapters.raw_server import RawServer, answering, read_request, response
from tests.answers import GOOD
from tests.environment import environment

TEXT = "exif-text-canary"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(app_id="our-id", app_key=KEY) as running:
        yield running


@pytest.fixture(scope="module", params=["JPEG", "PNG"])
def selfie(request: pytest.FixtureRequest) -> Selfie:
    content = draw_selfie(width=95, height=71, format=request.param, exif_text=TEXT)
    return check_selfie(content)


@pytest.mark.parametrize("version", ["v0.1", "v0.2"])
def test_the_selfie_arrives_byte_for_byte(sandbox: Sandbox, selfie: Selfie, version: str) -> None:
    sandbox.forget()
    dialect = DIALECTS[version]
    reply = HttpTransport().post(
        dialect.url(sandbox.url),
        dialect.credential_headers("our-id", KEY),
        selfie,
        Decimal("0.60"),
        deadline=within(10),
    )
    (received,) = sandbox.requests
    assert received.sha256 == hashlib.sha256(selfie.content).hexdigest()
    assert (received.dialect, received.credentials_right, received.fault) == (version, True, None)
    assert received.credential_style == ("app_id" if version == "v0.1" else "app-id")
    assert received.part_names == ("selfie", "threshold")
    assert received.threshold == "0.6"
    assert received.file_name == f"selfie.{selfie.image.format}"
    assert received.file_type == f"image/{selfie.image.format}"
    assert reply.status == 200
    assert reply.request_id == received.request_id
    assert read_answer(reply.body).width == 95


@pytest.mark.parametrize("shape", ["live", "older", "older_uuid"])
def test_every_documented_shape_is_an_answer(sandbox: Sandbox, shape: str) -> None:
    sandbox.forget()
    sandbox.next(shape, score="0.999810516834259")
    answer = read_answer(post(sandbox.url + "/v0.2/liveness-verification").body)
    assert answer.score == Decimal("0.999810516834259")
    assert (answer.width, answer.height, len(answer.faces)) == (95, 71, 1)
    assert (answer.receipt.api_req_uid is None) == (shape == "older")
    assert answer.receipt.requested_at is not None


@pytest.mark.parametrize("size", [1, 65_536, 131_071, 131_072, 131_073, 1_000_000, 4_700_000])
def test_every_size_arrives_whole(sandbox: Sandbox, size: int) -> None:
    """Around the block size, and as large as a selfie can be."""
    sandbox.forget()
    head = draw_selfie(width=95, height=71)
    content = head[: max(size - 2, len(head))] + os.urandom(max(0, size - len(head)))
    reply = post(sandbox.url + "/v0.2/liveness-verification", content=content)
    (received,) = sandbox.requests
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert reply.status == 200


@pytest.mark.parametrize(
    ("threshold", "sent"),
    [("0.6", "0.6"), ("0.60", "0.6"), ("0", "0"), ("1", "1"), ("1.000", "1"), ("0.05", "0.05"),
     ("0.00000001", "0.00000001"), ("0." + "9" * 32, "0." + "9" * 32)],
)  # fmt: skip
def test_the_threshold_is_plain_and_equal_in_value(
    sandbox: Sandbox, threshold: str, sent: str
) -> None:
    sandbox.forget()
    post(sandbox.url + "/v0.2/liveness-verification", threshold=threshold)
    assert sandbox.requests[0].threshold == sent


def test_exactly_these_headers_are_sent(selfie: Selfie) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(response(GOOD))

    with RawServer(behave) as server:
        post(server.url, content=selfie.content)
        head, _, body = seen[0].partition(b"\r\n\r\n")
        request_line, *lines = head.decode("ascii").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert request_line == "POST /v0.2/liveness-verification HTTP/1.1"
        boundary = headers.pop("Content-Type").removeprefix("multipart/form-data; boundary=")
        assert headers == {
            "Host": f"localhost:{server.port}",
            "User-Agent": USER_AGENT,
            "app-id": "our-id",
            "app-key": KEY,
            "Content-Length": str(len(body)),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
    assert body.endswith(f"--{boundary}--\r\n".encode())
    assert body.count(selfie.content) == 1


def test_no_proxy_of_the_environment_is_used() -> None:
    proxies = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY")
    with (
        RawServer(answering(response(GOOD))) as server,
        environment(**dict.fromkeys(proxies, "http://127.0.0.1:9")),
    ):
        assert post(server.url).status == 200


def test_each_call_has_a_connection_of_its_own() -> None:
    def behave(connection: socket.socket) -> None:
        while True:
            read_request(connection)
            connection.sendall(response(GOOD, Connection="keep-alive"))

    with RawServer(behave) as server:
        for _ in range(5):
            assert post(server.url).status == 200
        assert server.connections == 5
        eventually(lambda: server.left == 5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(sandbox: Sandbox, status: int) -> None:
    sandbox.forget()
    sandbox.next("redirect", status=status)
    reply = post(sandbox.url + "/v0.2/liveness-verification")
    assert (reply.status, reply.body) == (status, b"")
    assert sandbox.canary_visits == ()
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [("400 Bad", GOOD), ("401 No", GOOD), ("404 Gone", GOOD), ("500 Oops", GOOD),
     ("503 Busy", GOOD), ("304 Same", b""), ("204 No Content", b""), ("200 OK", GOOD),
     ("201 Created", GOOD), ("299 Odd", GOOD)],
)  # fmt: skip
def test_the_body_of_every_status_that_has_one_is_read(status: str, body: bytes) -> None:
    with RawServer(answering(response(GOOD, status, Retry_After="7", X_Request_ID="r"))) as server:
        assert post(server.url) == Reply(int(status[:3]), "r", "7", body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD),
        CHUNKED
        + b"%x;x=y\r\n%s\r\n%x\r\n%s\r\n0\r\nTrailer: t\r\n\r\n"
        % (7, GOOD[:7], len(GOOD) - 7, GOOD[7:]),
        b"HTTP/1.1 200 OK\r\n\r\n" + GOOD,
        b"HTTP/1.0 200 OK\r\n\r\n" + GOOD,
        b"HTTP/1.1 100 Continue\r\n\r\n" + response(GOOD),
        b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" * 3 + response(GOOD),
        b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD),
    ],
)
def test_every_framing_of_http_is_read(raw: bytes) -> None:
    with RawServer(answering(raw)) as server:
        assert post(server.url).body == GOOD


@pytest.mark.parametrize(
    ("value", "kept"),
    [("r-1", "r-1"), ("x" * 128, "x" * 128), ("x" * 129, None), ("r\u00e9", None), ("a\tb", None),
     ("", "")],
)  # fmt: skip
def test_a_header_is_kept_where_a_log_can_hold_it(value: str, kept: str | None) -> None:
    raw = response(GOOD).replace(b"\r\n\r\n", f"\r\nX-Request-ID: {value}\r\n\r\n".encode(), 1)
    with RawServer(answering(raw)) as server:
        assert post(server.url).request_id == kept


@pytest.mark.parametrize("refusal", ["401 Unauthorized", "403 Forbidden", "429 Too Many Requests"])
def test_a_refusal_that_does_not_wait_for_the_selfie_is_read(refusal: str) -> None:
    """A proxy before upstream refuses from the headers alone, and closes the connection."""

    def behave(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(response(b"{}", refusal, Retry_After="1"))

    with RawServer(behave) as server:
        content = draw_selfie(width=95, height=71) + bytes(4_000_000)
        reply = post(server.url, content=content)
    assert (reply.status, reply.retry_after) == (int(refusal[:3]), "1")
