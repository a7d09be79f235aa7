"""Who may see what, and that a browser may read every answer."""

from collections.abc import Iterator

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Answer, python_requests
from tests.e2e.conftest import Selfie

OWN = "/v1/verifications"
ORIGIN = "https://shop.example"
PROBLEM = {"type", "title", "status", "detail", "code", "retryable", "correlation_id"}


@pytest.fixture
def browser(answers: list[Answer]) -> Iterator[requests.Session]:
    """A session that says where its page is from."""

    def keep(response: requests.Response, *_: object, **__: object) -> None:
        answers.append(Answer(response.status_code, response.headers, response.content))

    with requests.Session() as session:
        session.trust_env = False
        session.headers["Origin"] = ORIGIN
        session.hooks["response"].append(keep)
        yield session


@pytest.fixture
def verification_id(gateway: Gateway, sandbox: Sandbox, selfie: Selfie) -> str:
    sandbox.next("live")
    headers = {"x-api-key": gateway.api_key}
    answer = python_requests(gateway.url + OWN, selfie.path, "0.6", headers)
    return str(answer.json()["verification_id"])


def test_a_record_is_read_by_its_id(
    gateway: Gateway, browser: requests.Session, verification_id: str
) -> None:
    got = browser.get(
        f"{gateway.url}{OWN}/{verification_id}", headers={"x-api-key": gateway.api_key}, timeout=30
    )
    assert got.status_code == 200
    _may_be_read(got)
    assert got.json()["verification_id"] == verification_id
    assert got.json()["decision"] == "live"


def test_another_clients_record_is_not_found(
    gateway: Gateway, browser: requests.Session, verification_id: str
) -> None:
    other = _another_client(gateway)
    got = browser.get(
        f"{gateway.url}{OWN}/{verification_id}", headers={"x-api-key": other}, timeout=30
    )
    _is_problem(got, 404, "not_found")
    unknown = browser.get(
        f"{gateway.url}{OWN}/0{verification_id[1:]}", headers={"x-api-key": other}, timeout=30
    )
    assert unknown.json()["detail"] == got.json()["detail"], "a foreign id can be told from none"


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "nobody-has-this-one"}])
@pytest.mark.parametrize(
    "path", [OWN, "/v0.1/liveness-verification", "/v0.2/liveness-verification"]
)
def test_without_a_credential_nothing_is_verified(
    gateway: Gateway,
    sandbox: Sandbox,
    browser: requests.Session,
    path: str,
    headers: dict[str, str],
) -> None:
    answer = browser.post(
        gateway.url + path, headers=headers, files={"selfie": b"none"}, timeout=30
    )
    _is_problem(answer, 401, "unauthorized")
    assert not sandbox.requests


def test_without_a_credential_nothing_is_read(
    gateway: Gateway, browser: requests.Session, verification_id: str
) -> None:
    got = browser.get(f"{gateway.url}{OWN}/{verification_id}", timeout=30)
    _is_problem(got, 401, "unauthorized")


def test_refused_input_is_a_problem_and_costs_nothing(
    gateway: Gateway, sandbox: Sandbox, browser: requests.Session
) -> None:
    for files, code, status in [
        ({"selfie": ("a.jpg", b"no picture", "image/jpeg")}, "unsupported_media", 415),
        ({"other": ("a.jpg", b"no picture", "image/jpeg")}, "malformed_request", 400),
    ]:
        answer = browser.post(
            gateway.url + OWN, headers={"x-api-key": gateway.api_key}, files=files, timeout=30
        )
        _is_problem(answer, status, code)
    assert not sandbox.requests


def test_an_unknown_route_is_a_problem(gateway: Gateway, browser: requests.Session) -> None:
    headers = {"x-api-key": gateway.api_key}
    _is_problem(
        browser.get(f"{gateway.url}/v1/nothing", headers=headers, timeout=30), 404, "not_found"
    )


def test_health_needs_no_credential(gateway: Gateway, browser: requests.Session) -> None:
    answer = browser.get(f"{gateway.url}/v1/health", timeout=30)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    _may_be_read(answer)


@pytest.mark.parametrize(
    "path", [OWN, f"{OWN}/some-id", "/v0.1/liveness-verification", "/v0.2/liveness-verification"]
)
def test_a_browser_may_ask_first(gateway: Gateway, browser: requests.Session, path: str) -> None:
    asked = {
        "Access-Control-Request-Method": "GET" if path.endswith("id") else "POST",
        "Access-Control-Request-Headers": "x-api-key,idempotency-key",
    }
    answer = browser.options(gateway.url + path, headers=asked, timeout=30)
    assert answer.status_code in {200, 204}
    assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN}
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"content-type", "x-api-key", "idempotency-key"} <= set(allowed.split(","))
    assert asked["Access-Control-Request-Method"] in answer.headers["access-control-allow-methods"]


def _may_be_read(answer: requests.Response) -> None:
    assert answer.headers["access-control-allow-origin"] in {"*", ORIGIN}
    exposed = answer.headers["access-control-expose-headers"].lower().replace(" ", "").split(",")
    assert {"location", "retry-after", "x-correlation-id", "idempotency-replayed"} <= set(exposed)
    assert answer.headers["x-correlation-id"]
    assert answer.headers["cache-control"] == "no-store"


def _is_problem(answer: requests.Response, status: int, code: str) -> None:
    _may_be_read(answer)
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body.keys() >= PROBLEM
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["correlation_id"] == answer.headers["x-correlation-id"]


def _another_client(gateway: Gateway) -> str:
    api = gateway.emulator.client("apigateway")
    key = api.create_api_key(name="another-client", enabled=True)
    (plan,) = api.get_usage_plans()["items"]
    api.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return str(key["value"])
