import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import Sandbox
from sandbox.selfies import draw_selfie

APP_ID, APP_KEY = "sandbox-app-id", "sandbox-app-key-canary"
CREDENTIALS = {"app-id": APP_ID, "app-key": APP_KEY}
JPEG = draw_selfie(width=95, height=71)
SELFIE, THRESHOLD = "name=selfie; filename=a", "name=threshold"
PATIENCE = 60  # seconds; only a fault of the sandbox uses them up
ROUTE = "/v0.2/liveness-verification"
Post = Callable[..., requests.Response]


def form(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    """A multipart body of these parts, with the boundary `b`."""
    heads = [f"--b\r\nContent-Disposition: form-data; {about}\r\n\r\n" for about, _ in parts]
    contents = [content + b"\r\n" for _, content in parts]
    return b"".join(h.encode() + c for h, c in zip(heads, contents, strict=True)) + end


VALID_FORM = form((SELFIE, JPEG), (THRESHOLD, b"1"))


def connected(sandbox: Sandbox) -> socket.socket:
    where = urlsplit(sandbox.url)
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(app_id=APP_ID, app_key=APP_KEY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.forget()
    running.rotate(APP_ID, APP_KEY)
    return running


@pytest.fixture
def post(sandbox: Sandbox) -> Post:
    """A request as the documents show it, from the client they show it with."""

    def send(
        route: str = ROUTE,
        headers: dict[str, str] = CREDENTIALS,
        content: bytes = JPEG,
        threshold: str = "0.6",
    ) -> requests.Response:
        return requests.post(
            sandbox.url + route,
            headers=headers,
            files=[("selfie", ("me.jpg", content, "image/jpeg"))],
            data={"threshold": threshold},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    return send
