from collections.abc import Callable, Iterator

import pytest
import requests

from sandbox import Sandbox
from sandbox.selfies import draw_selfie

APP_ID, APP_KEY = "sandbox-app-id", "sandbox-app-key-canary"
CREDENTIALS = {"app-id": APP_ID, "app-key": APP_KEY}
PATIENCE = 60  # seconds; only a fault of the sandbox uses them up
ROUTE = "/v0.2/liveness-verification"
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
        route: str = ROUTE,
        headers: dict[str, str] = CREDENTIALS,
        content: bytes = selfie,
        threshold: str | None = "0.6",
    ) -> requests.Response:
        return requests.post(
            sandbox.url + route,
            headers=headers,
            files=[("selfie", ("me.jpg", content, "image/jpeg"))],
            data={} if threshold is None else {"threshold": threshold},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    return send
