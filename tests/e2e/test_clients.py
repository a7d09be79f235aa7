"""Each real client, on each route: the right decision, and the same bytes at the upstream."""

import hashlib

import pytest

from sandbox import Sandbox
from tests.e2e.clients import CLIENTS
from tests.e2e.conftest import COMPAT, Poster, Selfie


@pytest.mark.parametrize("client", CLIENTS)
def test_a_selfie_is_decided(client: str, sandbox: Sandbox, selfie: Selfie, post: Poster) -> None:
    response = post(selfie, client=client)
    body = response.json()
    assert (response.status, body["status"], body["decision"]) == (201, "completed", "live")
    assert (body["score"], body["threshold"]) == (0.9998, 0.6)
    size = {"width": 320, "height": 240, "format": "jpeg", "bytes": len(selfie.content)}
    assert body["image"] == size
    _arrived_unchanged(sandbox, selfie)


@pytest.mark.parametrize("route", COMPAT)
@pytest.mark.parametrize("client", CLIENTS)
def test_an_application_of_the_liveness_api_changes_url_and_credentials_only(
    client: str, route: str, sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    # Credentials of the liveness API that are still sent are ignored.
    headers = {"app_id": "left-over", "app_key": "left-over"}
    response = post(selfie, route, client=client, headers=headers)
    body = response.json()
    assert response.status == 200
    assert body.keys() == {
        "api_req_uid", "processed_at", "requested_at", "response_code", "response_data",
    }  # fmt: skip
    data = body["response_data"]
    assert data.keys() == {"faces_liveness", "faces_predicted", "img"}
    assert data["faces_liveness"] == 0.9998
    assert data["img"] == {"height": 240, "width": 320}
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
