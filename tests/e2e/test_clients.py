"""Each real client, on each route: the right decision, and the same picture at the upstream."""

import hashlib

import pytest

from sandbox import Sandbox
from tests.e2e.clients import CLIENTS
from tests.e2e.conftest import COMPAT, OWN, Poster, Selfie
from tests.plain_pictures import without_metadata


@pytest.mark.parametrize("route", [OWN, *COMPAT])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_selfie_is_decided_and_arrives_without_its_metadata(
    client: str, route: str, sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    # Credentials of the liveness API that an application still sends are ignored.
    headers = {"app_id": "left-over", "app_key": "left-over"} if route in COMPAT else None
    response = post(selfie, route, client=client, headers=headers)
    body = response.json()
    if route == OWN:
        assert (response.status, body["status"], body["decision"]) == (201, "completed", "live")
        assert (body["score"], body["threshold"]) == (0.9998, 0.6)
        size = {"width": 320, "height": 240, "format": "jpeg", "bytes": len(selfie.content)}
        assert body["image"] == size
    else:
        assert response.status == 200
        _has_the_shape_of_the_liveness_api(body)
    (request,) = sandbox.requests
    forwarded = without_metadata(selfie.content, "jpeg")
    assert b"Exif" in selfie.content
    assert b"Exif" not in forwarded
    assert request.sha256 == hashlib.sha256(forwarded).hexdigest()
    assert request.threshold == "0.6"


def _has_the_shape_of_the_liveness_api(body: dict[str, dict[str, object]]) -> None:
    assert body.keys() == {
        "api_req_uid", "processed_at", "requested_at", "response_code", "response_data",
    }  # fmt: skip
    faces = body["response_data"].pop("faces_predicted")
    img = {"height": 240, "width": 320}
    assert body["response_data"] == {"faces_liveness": 0.9998, "img": img}
    assert isinstance(faces, list)
    (face,) = faces
    assert face.keys() == {"confidence", "delta", "top_left"}
    assert face["delta"].keys() == face["top_left"].keys() == {"x", "y"}
