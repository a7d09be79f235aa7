"""A request that nothing goes wrong with: what is asked, stored and answered, in which order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import (
    Decision,
    MultipleFaces,
    Status,
    UpstreamReceipt,
    verification_id,
)
from tests.doubles.behaviours import usable
from tests.doubles.clock import NOON
from tests.samples import face, selfie
from tests.world import SETTINGS, World


def test_claim_then_call_then_store_then_answer(world: World) -> None:
    world.verify()
    assert world.faults.done() == [
        "secret.fingerprint", "table.put", "secret.upstream", "breaker.get", "transport.post",
        "table.update",
    ]  # fmt: skip


def test_the_answer_is_the_stored_record(world: World) -> None:
    outcome = world.verify(subject_ref="subject-1")
    record = outcome.verification
    assert not outcome.replayed
    assert world.ledger.get(record.verification_id) == record
    assert record.verification_id == verification_id("client-1", "key-1")
    assert (record.status, record.decision, record.reasons) == ("completed", Decision.LIVE, ())
    assert (record.score, record.threshold) == (Decimal("0.9998"), Decimal("0.6"))
    assert record.faces == (face(),)
    assert record.upstream == UpstreamReceipt(
        "post-1", 2, "2025-06-01T12:00:00.1", "2025-06-01T12:00:00.9", "x-request-1"
    )
    assert (record.attempt, record.version) == (1, 1)
    assert (record.client_id, record.subject_ref) == ("client-1", "subject-1")
    assert (record.correlation_id, record.problem_code) == ("request-1", None)


def test_before_upstream_is_asked_the_claim_is_stored(world: World) -> None:
    def during_the_call() -> None:
        (claim,) = world.records()
        assert claim.status is Status.PROCESSING
        assert len(claim.fingerprint) == 64
        assert (claim.attempt, claim.version) == (1, 0)
        assert claim.deadline == NOON.replace(microsecond=0) + timedelta(seconds=60)
        assert claim.expires_at == NOON.replace(microsecond=0) + timedelta(hours=24)
        assert (claim.image, claim.ended_at) == (selfie().image, None)
        world.clock.advance(3)

    world.faults.meanwhile("transport.post", during_the_call)
    record = world.verify().verification
    assert record.created_at == NOON
    assert record.ended_at == NOON + timedelta(seconds=3)
    assert world.calls == 1


def test_upstream_gets_the_selfie_and_the_threshold(world: World) -> None:
    request = world.request(image=selfie(b"\xff\xd8\xffmy own"), threshold="0.75")
    world.verifier().verify(request)
    (post,) = world.liveness_api.received
    assert (post.content, post.threshold) == (request.selfie.content, Decimal("0.75"))


def test_the_default_threshold_is_the_stages(world: World) -> None:
    world.settings = replace(SETTINGS, default_threshold=Decimal("0.99985"))
    record = world.verify().verification
    assert record.threshold == Decimal("0.99985")
    assert (record.decision, record.reasons) == (Decision.NOT_LIVE, ("below_threshold",))


def test_the_callers_threshold_decides(world: World) -> None:
    world.liveness_api.standard = usable("0.7")
    assert world.verify("a", threshold="0.7").verification.decision is Decision.LIVE
    assert world.verify("b", threshold="0.70001").verification.decision is Decision.NOT_LIVE


def test_a_threshold_below_the_stages_minimum_is_refused_before_anything_happens(
    world: World,
) -> None:
    with pytest.raises(ProblemError) as caught:
        world.verify(threshold="0.4999")
    assert caught.value.code == "invalid_threshold"
    assert caught.value.detail == "This gateway takes no threshold below 0.5."
    assert caught.value.verification_id is None
    assert world.faults.done() == []


@pytest.mark.parametrize(
    ("faces", "policy", "decision"),
    [
        (0, MultipleFaces.SCORE, Decision.INCONCLUSIVE),
        (2, MultipleFaces.INCONCLUSIVE, Decision.INCONCLUSIVE),
        (2, MultipleFaces.SCORE, Decision.LIVE),
    ],
)
def test_the_stages_policy_for_faces(
    world: World, faces: int, policy: MultipleFaces, decision: Decision
) -> None:
    world.settings = replace(SETTINGS, multiple_faces=policy)
    world.liveness_api.standard = usable("0.9998", faces)
    record = world.verify().verification
    assert (record.status, record.decision) == (Status.COMPLETED, decision)
    assert len(record.faces) == faces


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (', "img": {"width": 190, "height": 142}', (190, 142)),
        (', "img": {"width": 190}', (95, 71)),
        (', "img_height": 142', (95, 71)),
        ("", (95, 71)),
    ],
)
def test_the_image_is_as_upstream_saw_it_where_it_says_so(
    world: World, shape: str, expected: tuple[int, int]
) -> None:
    world.liveness_api.standard = usable("0.9998", shape=shape)
    image = world.verify().verification.image
    assert (image.width, image.height) == expected
    assert (image.format, image.bytes) == ("jpeg", len(selfie().content))


def test_without_a_key_every_request_is_a_verification_of_its_own(world: World) -> None:
    first, second = world.verify(None), world.verify(None)
    assert first.verification.verification_id != second.verification.verification_id
    assert not second.replayed
    assert world.charges == 2


def test_what_the_operator_sees_of_a_completed_verification(world: World) -> None:
    record = world.verify(subject_ref="subject-1").verification
    assert world.telemetry.counts == {"verification_completed": 1}
    (line,) = world.telemetry.lines
    assert (line.message, line.level) == ("verification ended", 20)
    assert line.fields == {
        "verification_id": record.verification_id,
        "status": "completed",
        "version": 1,
        "attempt": 1,
        "reasons": [],
        "upstream_request_id": "x-request-1",
    }


@pytest.mark.parametrize("hours", [24, 720])
def test_a_record_lives_as_long_as_the_stage_says(world: World, hours: int) -> None:
    world.settings = replace(SETTINGS, retention_hours=hours)
    expires_at = world.verify().verification.expires_at
    assert expires_at == NOON.replace(microsecond=0) + timedelta(hours=hours)
