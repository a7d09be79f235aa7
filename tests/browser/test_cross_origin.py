"""A page of another origin uses the gateway directly, as a customer's would."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import draw_selfie

CALL = Path(__file__).with_name("call.js").read_text()


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Elsewhere</title>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        pass


@pytest.fixture
def elsewhere(chromium: Browser) -> Iterator[Page]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page()
        page.goto(f"http://localhost:{server.server_address[1]}/")
        yield page
        page.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "key", "threshold", "status"),
    [
        ("/v1/verifications", None, "0.6", 201),
        ("/v0.1/liveness-verification", None, "0.6", 200),
        ("/v1/verifications", None, "7", 422),
        ("/v1/verifications", "wrong", "0.6", 401),
    ],
)
def test_answers_can_be_read(  # noqa: PLR0913  # four of them are one row of the table
    elsewhere: Page,
    gateway: Gateway,
    sandbox: Sandbox,
    *,
    path: str,
    key: str | None,
    threshold: str,
    status: int,
) -> None:
    arguments = [gateway.url + path, key or gateway.api_key, list(draw_selfie()), threshold]
    answer: dict[str, Any] = elsewhere.evaluate(CALL, arguments)

    assert (answer["status"], answer["type"]) == (status, "cors")
    assert answer["correlation"]
    assert len(sandbox.requests) == (1 if status < 300 else 0)
    if status == 201:
        assert answer["body"]["decision"] == "live"
        assert answer["location"].endswith(answer["body"]["verification_id"])
    elif status > 299:
        assert answer["body"]["code"] in {"invalid_threshold", "forbidden", "unauthorized"}


def test_preflight(gateway: Gateway) -> None:
    answer = requests.options(
        f"{gateway.url}/v1/verifications",
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,idempotency-key,x-api-key",
        },
        timeout=10,
    )
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")

    assert answer.status_code in {200, 204}
    assert answer.headers["Access-Control-Allow-Origin"] in {"*", "http://localhost:3000"}
    assert {"content-type", "x-api-key", "idempotency-key"} <= set(allowed)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


def test_what_is_for_the_page_is_not_for_others(elsewhere: Page, gateway: Gateway) -> None:
    """The page's own config holds the API key: no other origin may read it."""
    outcome = elsewhere.evaluate(
        "async (url) => fetch(url).then(() => 'read', (error) => error.name)",
        f"{gateway.url}/local/config.json",
    )
    assert outcome == "TypeError"
