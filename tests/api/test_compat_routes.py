"""The compat routes: an application written for the liveness API sees no difference."""

import json

import pytest

from tests.api.events import COMPAT_PATHS, selfie_form
from tests.api.gateway import SELFIE, Gateway
from tests.doubles.behaviours import says, usable

pytestmark = pytest.mark.parametrize("path", COMPAT_PATHS)


def test_the_answer_is_the_documented_one(gateway: Gateway, path: str) -> None:
    shape = ', "img": {"width": 190, "height": 142}'
    gateway.world.will(usable("0.999810516834259", shape=shape))
    answered = gateway.post(resource=path)
    assert answered.status == 200
    assert answered.headers["Content-Type"] == "application/json"
    assert answered.body == {
        "api_req_uid": "post-1",
        "processed_at": "2025-06-01T12:00:00.9",
        "requested_at": "2025-06-01T12:00:00.1",
        "response_code": 2,
        "response_data": {
            "faces_liveness": 0.999810516834259,
            "faces_predicted": [
                {
                    "confidence": 0.9885,
                    "top_left": {"x": 38.0577, "y": 4.0824},
                    "delta": {"x": 18.9982, "y": 25.3957},
                }
            ],
            "img": {"height": 142, "width": 190},
        },
    }
    assert "Location" not in answered.headers


def test_a_receipt_upstream_did_not_give_is_null(gateway: Gateway, path: str) -> None:
    gateway.world.will(says(b'{"response_data": {"faces_liveness": 1, "faces_predicted": []}}'))
    body = gateway.post(resource=path).body
    names = ("api_req_uid", "processed_at", "requested_at", "response_code")
    assert [body[name] for name in names] == [None] * 4


def test_the_credentials_of_the_liveness_api_are_ignored(gateway: Gateway, path: str) -> None:
    foreign = [
        ("app_id", "theirs"),
        ("app_key", "theirs-canary"),
        ("app-id", "x"),
        ("app-key", "y"),
    ]
    assert gateway.post(resource=path, headers=foreign).status == 200
    assert "theirs" not in gateway.telemetry.stream.getvalue()


def test_it_is_the_same_use_case_in_another_shape(gateway: Gateway, path: str) -> None:
    created = gateway.post(key="key-1")
    answered = gateway.post(resource=path, key="key-1")
    assert answered.status == 200
    assert answered.headers["Idempotency-Replayed"] == "true"
    assert answered.body["response_data"]["faces_liveness"] == created.body["score"]
    assert gateway.world.calls == 1


def test_a_refusal_has_the_errors_of_the_liveness_api_beside_ours(
    gateway: Gateway, path: str
) -> None:
    refused = gateway.post(selfie_form(SELFIE, threshold="1.1"), path)
    assert refused.status == 422
    assert refused.body["code"] == "invalid_threshold"
    (error,) = refused.body["Errors"]
    assert error.keys() == {"ErrCode", "Message"}
    assert error["ErrCode"] == refused.status
    assert error["Message"].startswith("The threshold cannot be used.")
    assert json.loads(refused.text) == refused.body
