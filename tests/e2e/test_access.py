"""Who may see what, and that a browser may read every response."""

from collections.abc import Iterator

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Response
from tests.e2e.conftest import COMPAT, OWN, Poster, Selfie

ORIGIN = "https://shop.example"
PROBLEM = {"type", "title", "status", "detail", "code", "retryable", "correlation_id"}
FILE = ("a.jpg", b"no picture", "image/jpeg")
EXPOSED = {"location", "retry-after", "x-correlation-id", "idempotency-replayed"}


class Browser(requests.Session):
    """Sends the origin of its page; keeps every response for the canaries."""

    def __init__(self, gateway: Gateway, responses: list[Response]) -> None:
        super().__init__()
        self.trust_env = False
        self.headers["Origin"] = ORIGIN
        self._gateway, self._responses = gateway, responses
        self.hooks["response"].append(self._keep)

    def call(
        self,
        method: str,
        path: str,
        key: str | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> requests.Response:
        headers = {} if key is None else {"x-api-key": key}
        url = self._gateway.url + path
        return self.request(method, url, headers=headers, files=files, timeout=60)

    def _keep(self, response: requests.Response, *_: object, **__: object) -> None:
        self._responses.append(Response(response.status_code, response.headers, response.content))


@pytest.fixture
def browser(gateway: Gateway, responses: list[Response]) -> Iterator[Browser]:
    with Browser(gateway, responses) as browser:
        yield browser


@pytest.fixture
def verification_id(sandbox: Sandbox, selfie: Selfie, post: Poster) -> str:
    sandbox.next("live")
    return str(post(selfie).json()["verification_id"])


def test_a_record_is_read_by_its_own_client_only(
    gateway: Gateway, browser: Browser, verification_id: str
) -> None:
    path = f"{OWN}/{verification_id}"
    own = browser.call("GET", path, gateway.api_key)
    assert own.status_code == 200
    _may_be_read(own)
    assert (own.json()["verification_id"], own.json()["decision"]) == (verification_id, "live")

    other = _another_client(gateway)
    foreign = browser.call("GET", path, other)
    _is_problem(foreign, 404, "not_found")
    unknown = browser.call("GET", f"{OWN}/0{verification_id[1:]}", other)
    assert unknown.json()["detail"] == foreign.json()["detail"], "a foreign id can be detected"
    _is_problem(browser.call("GET", path), 401, "unauthorized")


@pytest.mark.parametrize("key", [None, "nobody-has-this-one"])
@pytest.mark.parametrize("path", [OWN, *COMPAT])
def test_without_a_credential_nothing_is_verified(
    sandbox: Sandbox, browser: Browser, path: str, key: str | None
) -> None:
    response = browser.call("POST", path, key, {"selfie": FILE})
    _is_problem(response, 401, "unauthorized")
    assert not sandbox.requests


def test_health_needs_no_credential_and_other_routes_do_not_exist(
    gateway: Gateway, browser: Browser
) -> None:
    health = browser.call("GET", "/v1/health")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    _may_be_read(health)
    _is_problem(browser.call("GET", "/v1/nothing", gateway.api_key), 404, "not_found")


@pytest.mark.parametrize("path", [OWN, f"{OWN}/some-id", *COMPAT])
def test_a_browser_may_ask_first(gateway: Gateway, browser: Browser, path: str) -> None:
    method = "GET" if path.endswith("id") else "POST"
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,x-api-key,idempotency-key",
    }
    response = browser.options(gateway.url + path, headers=asked, timeout=60)
    assert response.status_code in {200, 204}
    assert response.headers["access-control-allow-origin"] in {"*", ORIGIN}
    allowed = _names(response.headers["access-control-allow-headers"])
    assert {"content-type", "x-api-key", "idempotency-key"} <= allowed
    assert method in response.headers["access-control-allow-methods"]


def _names(header: str) -> set[str]:
    return set(header.lower().replace(" ", "").split(","))


def _may_be_read(response: requests.Response) -> None:
    assert response.headers["access-control-allow-origin"] in {"*", ORIGIN}
    assert _names(response.headers["access-control-expose-headers"]) >= EXPOSED
    assert response.headers["x-correlation-id"]
    assert response.headers["cache-control"] == "no-store"


def _is_problem(response: requests.Response, status: int, code: str) -> None:
    _may_be_read(response)
    assert response.headers["content-type"].startswith("application/problem+json")
    body = response.json()
    assert body.keys() >= PROBLEM
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["correlation_id"] == response.headers["x-correlation-id"]


def _another_client(gateway: Gateway) -> str:
    api = gateway.emulator.client("apigateway")
    key = api.create_api_key(name="another-client", enabled=True)
    (plan,) = api.get_usage_plans()["items"]
    api.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return str(key["value"])
