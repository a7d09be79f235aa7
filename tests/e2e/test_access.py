"""Who may see what. What a browser may read of it is in tests/browser/test_cross_origin.py."""

from collections.abc import Callable

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Response
from tests.e2e.conftest import COMPAT, OWN, Poster, Selfie

Send = Callable[..., requests.Response]


@pytest.fixture
def call(gateway: Gateway, responses: list[Response]) -> Send:
    def send(method: str, path: str, key: str | None = None) -> requests.Response:
        headers = {"x-api-key": key} if key else {}
        files = {"selfie": b"no picture"} if method == "POST" else None
        response = requests.request(
            method, gateway.url + path, headers=headers, files=files, timeout=60
        )
        responses.append(Response(response.status_code, response.headers, response.content))
        return response

    return send


def test_a_record_is_read_by_its_own_client_only(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster, call: Send
) -> None:
    sandbox.next("live")
    verification_id = post(selfie).json()["verification_id"]
    path = f"{OWN}/{verification_id}"
    own = call("GET", path, gateway.api_key)
    assert own.status_code == 200
    assert (own.json()["verification_id"], own.json()["decision"]) == (verification_id, "live")

    other = _another_client(gateway)
    foreign = call("GET", path, other)
    _is_problem(foreign, 404, "not_found")
    unknown = call("GET", f"{OWN}/0{verification_id[1:]}", other)
    assert unknown.json()["detail"] == foreign.json()["detail"], "a foreign id can be detected"
    _is_problem(call("GET", path), 401, "unauthorized")


@pytest.mark.parametrize("path", [OWN, *COMPAT])
def test_without_a_credential_nothing_is_verified(sandbox: Sandbox, call: Send, path: str) -> None:
    _is_problem(call("POST", path), 401, "unauthorized")
    assert not sandbox.requests


def _is_problem(response: requests.Response, status: int, code: str) -> None:
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["correlation_id"] == response.headers["x-correlation-id"]


def _another_client(gateway: Gateway) -> str:
    api = gateway.emulator.client("apigateway")
    key = api.create_api_key(name="another-client", enabled=True)
    (plan,) = api.get_usage_plans()["items"]
    api.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return str(key["value"])
