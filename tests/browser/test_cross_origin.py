"""A page of another origin calls the gateway directly, as a customer's does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import draw_selfie

CALL = Path(__file__).with_name("call.js").read_text()
OWN, COMPAT = "/v1/verifications", "/v0.1/liveness-verification"


@pytest.fixture
def elsewhere(chromium: Browser, gateway: Gateway) -> Iterator[Page]:
    """The same server under another name: for a browser, another site."""
    page = chromium.new_page()
    health = page.goto(gateway.url.replace("127.0.0.1", "localhost") + "/v1/health")
    assert health
    assert health.json()["status"] == "ok"
    yield page
    page.close()


def test_every_answer_can_be_read(elsewhere: Page, gateway: Gateway, sandbox: Sandbox) -> None:
    def call(path: str, threshold: str = "0.6", key: str = gateway.api_key) -> dict[str, Any]:
        arguments = [gateway.url + path, key, list(draw_selfie(1, 95, 71)), threshold]
        answer: dict[str, Any] = elsewhere.evaluate(CALL, arguments)
        assert answer["type"] == "cors"
        assert answer["correlation"]
        return answer

    created = call(OWN)
    assert (created["status"], created["body"]["decision"]) == (201, "live")
    assert created["location"].endswith(created["body"]["verification_id"])
    assert call(COMPAT)["status"] == 200
    for answer, status, code in [
        (call(OWN, threshold="7"), 422, "invalid_threshold"),
        (call(OWN, key="wrong"), 401, "unauthorized"),
    ]:
        assert (answer["status"], answer["body"]["code"]) == (status, code)
    assert len(sandbox.requests) == 2


def test_the_data_of_the_page_is_not_for_others(elsewhere: Page, gateway: Gateway) -> None:
    """The page's config holds the API key: no other origin may read it."""
    outcome = elsewhere.evaluate(
        "async (url) => fetch(url).then(() => 'read', (error) => error.name)",
        f"{gateway.url}/local/config.json",
    )
    assert outcome == "TypeError"
