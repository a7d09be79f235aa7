"""A record as clients read it."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from liveness_gateway.entrypoints.http.presenters import compat_body
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Status, UpstreamReceipt, Verification
from liveness_gateway.verifications.records import verification_body
from tests.world import World

FACE = {
    "confidence": 0.9885,
    "top_left": {"x": 38.0577, "y": 4.0824},
    "delta": {"x": 18.9982, "y": 25.3957},
}
RECEIPT = {
    "api_req_uid": "post-1",
    "response_code": 2,
    "requested_at": "2025-06-01T12:00:00.1",
    "processed_at": "2025-06-01T12:00:00.9",
}


@pytest.fixture
def record(world: World) -> Verification:
    return world.verify(subject_ref="subject-1").verification


def test_a_completed_record(record: Verification) -> None:
    body = verification_body(record)
    assert body == {
        "verification_id": record.verification_id,
        "status": "completed",
        "decision": "live",
        "reasons": [],
        "score": 0.9998,
        "threshold": 0.6,
        "faces": [FACE],
        "image": {"width": 95, "height": 71, "format": "jpeg", "bytes": 11},
        "upstream": RECEIPT,
        "subject_ref": "subject-1",
        "created_at": "2025-06-01T12:00:00.250Z",
        "completed_at": "2025-06-01T12:00:00.250Z",
        "expires_at": "2025-06-02T12:00:00.000Z",
    }
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize(
    ("script", "status", "code", "reason"),
    [
        ("limit", "failed", "upstream_limit", "limit_reached"),
        ("html", "unknown", "upstream_bad_answer", "unusable_answer"),
    ],
)
def test_a_record_without_a_result(
    world: World, script: str, status: str, code: str, reason: str
) -> None:
    world.will(script)
    with pytest.raises(ProblemError):
        world.verify()
    (made,) = world.records()
    assert verification_body(made) == {
        "verification_id": made.verification_id,
        "status": status,
        "reasons": [reason],
        "problem_code": code,
        "threshold": 0.6,
        "image": {"width": 95, "height": 71, "format": "jpeg", "bytes": 11},
        "created_at": "2025-06-01T12:00:00.250Z",
        "expires_at": "2025-06-02T12:00:00.000Z",
    }


def test_a_record_that_is_still_processing(record: Verification) -> None:
    processing = replace(
        record, status=Status.PROCESSING, decision=None, ended_at=None, subject_ref=None
    )
    body = verification_body(processing)
    assert body["status"] == "processing"
    assert not {"decision", "score", "faces", "upstream", "completed_at", "problem_code"} & set(
        body
    )
    assert "subject_ref" not in body


def test_the_secret_parts_of_a_record_are_not_shown(record: Verification) -> None:
    text = json.dumps(verification_body(record)) + json.dumps(compat_body(record))
    for hidden in (record.fingerprint, "client-1", "x-request-1", "request-1", "attempt"):
        assert hidden not in text


def test_the_liveness_apis_own_answer_has_exactly_its_documented_members(
    record: Verification,
) -> None:
    body = compat_body(record)
    assert body == {
        **RECEIPT,
        "response_data": {
            "faces_liveness": 0.9998,
            "faces_predicted": [FACE],
            "img": {"height": 71, "width": 95},
        },
    }
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize("receipt", [None, UpstreamReceipt()])
def test_what_upstream_did_not_say_is_null(
    record: Verification, receipt: UpstreamReceipt | None
) -> None:
    nothing = dict.fromkeys(RECEIPT)
    assert verification_body(replace(record, upstream=receipt))["upstream"] == nothing
    compat = compat_body(replace(record, upstream=receipt))
    assert {name: value for name, value in compat.items() if name in RECEIPT} == nothing


def test_no_score_can_never_be_read_as_live(record: Verification) -> None:
    scoreless = replace(record, score=None)
    assert not {"decision", "score"} & verification_body(scoreless).keys()
    assert compat_body(scoreless)["response_data"]["faces_liveness"] == 0


@pytest.mark.parametrize("score", ["0", "1", "0.6", "0.123456789012345678901234567890"])
def test_numbers_are_json_numbers(record: Verification, score: str) -> None:
    shown = verification_body(replace(record, score=Decimal(score)))["score"]
    assert shown == float(score)
    assert isinstance(shown, float)
