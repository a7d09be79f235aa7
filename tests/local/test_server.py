"""The local server: what it passes on to the API, and what it serves itself.

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
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.server.listener import listen
from local.server.page_backend import PageBackend
from local.server.server import Server


@dataclass
class Behind:
    """The API behind the server, and the sandbox: what reached them."""

    scopes: list[Scope] = field(default_factory=list)
    closings: list[None] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await Response("{}")(scope, receive, send)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def server(behind: Behind) -> Iterator[Server]:
    backend = PageBackend(
        config={"api_key": "shown"},
        events=lambda _: [],
        record=lambda _: None,
        sandbox_url="http://127.0.0.1:9",
        close_circuit=lambda: behind.closings.append(None),
    )
    with listen(0) as listener, Server(listener, behind, backend) as running:
        yield running


def test_without_a_sandbox_nothing_is_scripted(behind: Behind) -> None:
    backend = PageBackend({}, lambda _: [], lambda _: None, None, lambda: None)
    with listen(0) as listener, Server(listener, behind, backend) as server:
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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/verifications", 404), ("POST", "/verifications", 405), ("GET", "/v2/x", 404)],
)
def test_a_path_that_is_mistyped_names_those_of_the_api(
    server: Server, behind: Behind, method: str, path: str, status: int
) -> None:
    response = httpx.request(method, server.url + path, trust_env=False)
    assert response.status_code == status
    assert response.text.endswith("The API's paths begin with /v1/, /v0.1/ or /v0.2/.\n")
    assert behind.scopes == []


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
    assert (behind.scopes, behind.closings) == ([], [])


def test_the_api_serves_pages_of_every_origin_but_no_foreign_name(
    server: Server, behind: Behind
) -> None:
    page = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
    url = f"{server.url}/v1/verifications"
    assert httpx.post(url, content=b"x", headers=page, trust_env=False).status_code == 200
    behind.scopes.clear()
    rebound = page | {"host": "evil.example"}
    assert httpx.post(url, content=b"x", headers=rebound, trust_env=False).status_code == 403
    assert behind.scopes == []


def test_a_link_of_another_page_opens_the_page(server: Server) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert httpx.get(f"{server.url}/", headers=link, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/v1/a%2Fb%20c/../d;e", ""),
        ("/v0.2/liveness-verification", ""),
        ("/local/v1/verifications", "/local"),
        ("/local/v0.2/liveness-verification", "/local"),
    ],
)
def test_the_api_has_an_address_with_the_stage_and_one_without(
    server: Server, behind: Behind, path: str, stage: str
) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lines = [f"POST {path}?q=%27 HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    (scope,) = behind.scopes
    # As it was sent: an address that is parsed and built again may differ in its escapes.
    assert (scope["raw_path"], scope["query_string"]) == (path.encode(), b"q=%27")
    assert scope["root_path"] == stage


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
    assert (behind.scopes, behind.closings) == ([], [])
