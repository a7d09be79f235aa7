"""A record as clients read it."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liveness_gateway.entrypoints.http.presenters import compat_body
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import (
    Decision,
    MultipleFaces,
    Status,
    UpstreamReceipt,
    Verification,
)
from liveness_gateway.verifications.publishing import event_of
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
        "billing": {"charged": "yes", "attempts": 1},
        "upstream": RECEIPT,
        "subject_ref": "subject-1",
        "created_at": "2025-06-01T12:00:00.250Z",
        "completed_at": "2025-06-01T12:00:00.250Z",
        "expires_at": "2025-06-02T12:00:00.000Z",
    }
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize(
    ("script", "status", "code", "why"),
    [
        ("limit", "failed", "upstream_limit", ("limit_reached", "no")),
        ("html", "unknown", "upstream_bad_answer", ("unusable_answer", "unknown")),
    ],
)
def test_a_record_without_a_result(
    world: World, script: str, status: str, code: str, why: tuple[str, str]
) -> None:
    reason, charged = why
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
        "billing": {"charged": charged, "attempts": 1},
        "created_at": "2025-06-01T12:00:00.250Z",
        "expires_at": "2025-06-02T12:00:00.000Z",
    }


def test_what_is_tried_again_is_charged_once(world: World) -> None:
    world.will("refused connection", "refused connection", "live")
    with pytest.raises(ProblemError):
        world.verify()
    assert verification_body(world.verify().verification)["billing"] == {
        "charged": "yes",
        "attempts": 2,
    }
    assert world.charges == 1


def test_a_record_that_is_still_processing(record: Verification) -> None:
    processing = replace(
        record, status=Status.PROCESSING, decision=None, ended_at=None, subject_ref=None
    )
    body = verification_body(processing)
    assert body["status"] == "processing"
    assert body["billing"] == {"charged": "unknown", "attempts": 1}
    assert not {"decision", "score", "faces", "upstream", "completed_at", "problem_code"} & set(
        body
    )
    assert "subject_ref" not in body


def test_the_secret_parts_of_a_record_are_not_shown(record: Verification) -> None:
    text = json.dumps(verification_body(record)) + json.dumps(compat_body(record))
    for hidden in (record.fingerprint, record.claim_id, "client-1", "x-request-1", "request-1"):
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


# 36 places, as they are stored; and those that lie within a float's breadth of the threshold.
NEAR = st.tuples(st.decimals(0, 1, places=6), st.integers(-3, 3), st.integers(16, 36)).map(
    lambda drawn: min(max(drawn[0] + drawn[1] * Decimal(10) ** -drawn[2], Decimal(0)), Decimal(1))
)


@given(score=NEAR, threshold=NEAR)
@example(Decimal("0.5" + "9" * 35), Decimal("0.6"))
@example(Decimal("0.6"), Decimal("0.6" + "0" * 20 + "1"))
@example(Decimal(0), Decimal("1e-30"))
@example(Decimal("1e-36"), Decimal("1e-30"))
@example(Decimal("0." + "9" * 36), Decimal(1))
def test_no_number_that_is_shown_contradicts_the_decision(
    score: Decimal, threshold: Decimal
) -> None:
    world = World()
    made = replace(world.verify().verification, score=score, threshold=threshold)
    decision, reasons = decide(score, 1, threshold, MultipleFaces.INCONCLUSIVE)
    made = replace(made, decision=decision, reasons=reasons)
    live = decision is Decision.LIVE
    body, event = verification_body(made), json.loads(event_of(made, "dev")["detail"])["data"]
    assert (body["score"] >= body["threshold"]) == live
    assert (event["score"] >= event["threshold"]) == live
    assert (compat_body(made)["response_data"]["faces_liveness"] >= float(threshold)) == live
    assert 0 <= body["score"] <= 1 or not live


def test_without_a_score_none_is_shown(world: World) -> None:
    world.will("no face, by null", "two faces without a score")
    for key, reason in (("key-1", "no_face"), ("key-2", "multiple_faces")):
        made = world.verify(key).verification
        assert (made.decision, made.reasons) == (Decision.INCONCLUSIVE, (reason,))
        assert "score" not in verification_body(made)
        assert "score" not in json.loads(event_of(made, "dev")["detail"])["data"]
