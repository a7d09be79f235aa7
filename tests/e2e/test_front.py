"""What AWS itself would answer: the stage's own address, bodies of all sizes, functions that fail.

The front in `local/front` takes its answers from the deployed template (docs/adr/0018).
"""

import socket

import pytest
import requests

from infra.api.gateway_problems import BODY_LIMIT
from local.gateway import Gateway
from sandbox import Sandbox
from tests.bodies import form
from tests.e2e.changes import Change, changed, configured
from tests.e2e.clients import Response
from tests.e2e.conftest import OWN, Poster, Selfie

MIB = 2**20


def post_bytes(gateway: Gateway, content: bytes) -> requests.Response:
    """Post a form that is as long as this, and holds a picture."""
    body = form("requests", content)
    headers = {"x-api-key": gateway.api_key, "content-type": body.content_type}
    return requests.post(gateway.url + OWN, data=body.content, headers=headers, timeout=60)


def padded(selfie: Selfie, length: int) -> bytes:
    """The picture as part of a form of exactly this length."""
    around = len(form("requests", b"").content)
    return selfie.content.ljust(length - around, b"\0")


def test_the_location_is_followed_on_the_stages_own_address(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie
) -> None:
    sandbox.next("live")
    for address in (f"{gateway.url}/local", gateway.url):
        body = form("requests", selfie.content)
        headers = {"x-api-key": gateway.api_key, "content-type": body.content_type}
        made = requests.post(f"{address}{OWN}", data=body.content, headers=headers, timeout=60)
        assert made.status_code == 201
        location = requests.compat.urljoin(f"{address}{OWN}", made.headers["location"])
        assert location.startswith(address)
        read = requests.get(location, headers={"x-api-key": gateway.api_key}, timeout=60)
        assert (read.status_code, read.json()) == (200, made.json())


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (BODY_LIMIT, "201"),
        (BODY_LIMIT + 1, "413 too_large"),
        (5 * MIB, "413 too_large"),
        (6 * MIB, "413 too_large"),
        (7 * MIB, "413 too_large"),
        (11 * MIB, "413"),
    ],
    ids=["4.4 MiB", "a byte more", "5 MiB", "6 MiB", "7 MiB", "11 MiB"],
)
def test_a_body_of_any_size_is_answered_as_documented(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, length: int, told: str
) -> None:
    sandbox.next("live")
    response = post_bytes(gateway, padded(selfie, length))
    # Above 10 MB API Gateway answers before it knows the API: plain text, without CORS.
    plain = length > 10 * MIB
    assert ("access-control-allow-origin" in response.headers) is not plain
    assert response.headers["content-type"].startswith("text/plain") is plain
    code = "" if plain else response.json().get("code", "")
    assert f"{response.status_code} {code}".strip() == told
    assert len(sandbox.requests) == (told == "201")


FAILING: dict[str, tuple[Change, Change]] = {
    "crashed": (
        configured(Handler="verify.nowhere.handler"),
        configured(Handler="verify.handler.handler"),
    ),
    "throttled": (
        lambda client, name: client.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=0
        ),
        lambda client, name: client.delete_function_concurrency(FunctionName=name),
    ),
}


@pytest.mark.parametrize("how", FAILING)
def test_a_function_that_fails_is_answered_as_documented(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster, how: str
) -> None:
    with changed(gateway, *FAILING[how]):
        says_that_it_may_have_run(post(selfie))
    assert not sandbox.requests
    sandbox.next("live")
    assert post(selfie).status == 201


def test_a_function_that_runs_out_of_time_is_answered_as_documented(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    variables = dict(gateway.deployment.settings)
    with socket.socket() as silent:
        # It takes connections and never answers: the function waits for AWS until it is stopped.
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        nowhere = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with changed(
            gateway,
            configured(Timeout=1, Environment={"Variables": variables | nowhere}),
            configured(Timeout=28, Environment={"Variables": variables}),
        ):
            says_that_it_may_have_run(post(selfie))
    assert not sandbox.requests
    sandbox.next("live")
    assert post(selfie).status == 201


def says_that_it_may_have_run(response: Response) -> None:
    body = response.json()
    assert (response.status, body["code"], body["retryable"]) == (503, "upstream_unavailable", True)
    assert "it may not have run" in body["detail"]
    assert response.headers["retry-after"] == "5"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-correlation-id"] == body["correlation_id"]
