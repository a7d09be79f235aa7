from collections.abc import Callable, Iterator

import pytest
import requests

from sandbox import Sandbox
from sandbox.selfies import draw_selfie

APP_ID, APP_KEY = "sandbox-app-id", "sandbox-app-key-canary"
CREDENTIALS = {"app-id": APP_ID, "app-key": APP_KEY}
OLD_CREDENTIALS = {"app_id": APP_ID, "app_key": APP_KEY}
PATIENCE = 60  # seconds; only a fault of the sandbox uses them up
Post = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def selfie() -> bytes:
    return draw_selfie(width=95, height=71)


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
def post(sandbox: Sandbox, selfie: bytes) -> Post:
    """A request as the documents show it, from the client they show it with."""

    def send(
        dialect: str = "v0.2",
        headers: dict[str, str] | None = None,
        content: bytes = selfie,
        threshold: str | None = "0.6",
        timeout: float = PATIENCE,
    ) -> requests.Response:
        right = OLD_CREDENTIALS if dialect == "v0.1" else CREDENTIALS
        return requests.post(
            f"{sandbox.url}/{dialect}/liveness-verification",
            headers=right if headers is None else headers,
            files=[("selfie", ("me.jpg", content, "image/jpeg"))],
            data={} if threshold is None else {"threshold": threshold},
            timeout=(PATIENCE, timeout),
            allow_redirects=False,
        )

    return send
