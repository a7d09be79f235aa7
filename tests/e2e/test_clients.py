"""Each real client, on each route: the right decision, and the very bytes at the upstream."""

import hashlib

import pytest

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import CLIENTS, Answer
from tests.e2e.conftest import Selfie

OWN, WIRE = "/v1/verifications", ("/v0.1/liveness-verification", "/v0.2/liveness-verification")


@pytest.mark.parametrize("outcome", ["live", "not_live"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_selfie_is_decided(  # noqa: PLR0913, PLR0917 - fixtures and cases
    client: str,
    outcome: str,
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    answers: list[Answer],
) -> None:
    sandbox.next(outcome)
    headers = {"x-api-key": gateway.api_key}
    answer = CLIENTS[client](gateway.url + OWN, selfie.path, "0.6", headers)
    answers.append(answer)
    body = answer.json()
    assert (answer.status, body["status"], body["decision"]) == (201, "completed", outcome)
    assert body["threshold"] == 0.6
    assert (body["score"] >= 0.6) == (outcome == "live")
    assert body["image"] == {
        "width": 640, "height": 480, "format": "jpeg", "bytes": len(selfie.content),
    }  # fmt: skip
    _arrived_unchanged(sandbox, selfie)


@pytest.mark.parametrize("route", WIRE)
@pytest.mark.parametrize("client", CLIENTS)
def test_an_application_of_the_liveness_api_changes_url_and_credentials_only(  # noqa: PLR0913, PLR0917 - fixtures and cases
    client: str,
    route: str,
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    answers: list[Answer],
) -> None:
    # Credentials of the liveness API that are still sent along are ignored.
    headers = {"app_id": "left-over", "app_key": "left-over", "x-api-key": gateway.api_key}
    answer = CLIENTS[client](gateway.url + route, selfie.path, "0.6", headers)
    answers.append(answer)
    body = answer.json()
    assert answer.status == 200
    assert body.keys() == {
        "api_req_uid", "processed_at", "requested_at", "response_code", "response_data",
    }  # fmt: skip
    data = body["response_data"]
    assert data.keys() == {"faces_liveness", "faces_predicted", "img"}
    assert data["faces_liveness"] == 0.9998
    assert data["img"] == {"height": 480, "width": 640}
    (face,) = data["faces_predicted"]
    assert face.keys() == {"confidence", "delta", "top_left"}
    assert face["delta"].keys() == face["top_left"].keys() == {"x", "y"}
    _arrived_unchanged(sandbox, selfie)


def _arrived_unchanged(sandbox: Sandbox, selfie: Selfie) -> None:
    (request,) = sandbox.requests
    assert request.sha256 == hashlib.sha256(selfie.content).hexdigest()
    assert request.size == len(selfie.content)
    assert request.threshold == "0.6"
    assert request.credentials_right
    assert selfie.path.name not in str(request.file_name)
