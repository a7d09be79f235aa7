"""What a request asks, stores and answers, in which order, and what the operator sees of it.

What stays behind when something fails: `tests/reliability/fault_injection`.
"""

import logging
import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import (
    Decision,
    Status,
    UpstreamReceipt,
)
from tests.doubles.behaviours import usable
from tests.doubles.clock import NOON
from tests.samples import face, selfie
from tests.world import SETTINGS, World, refused


def test_claim_then_call_then_store_then_answer(world: World) -> None:
    world.verify()
    assert world.faults.done() == [
        "secret.fingerprint", "table.put", "secret.upstream", "breaker.get", "transport.post",
        "table.update",
    ]  # fmt: skip


def test_the_answer_is_the_stored_record(world: World) -> None:
    outcome = world.verify(subject_ref="subject-1")
    record = outcome.verification
    assert world.ledger.get(record.verification_id) == record
    assert re.fullmatch("[0-9a-f]{32}", record.verification_id)
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
    world.settings = replace(SETTINGS, retention_hours=720)

    def during_the_call() -> None:
        (claim,) = world.records()
        assert claim.status is Status.PROCESSING
        assert len(claim.fingerprint) == 64
        assert (claim.attempt, claim.version) == (1, 0)
        assert claim.deadline == NOON.replace(microsecond=0) + timedelta(seconds=60)
        assert claim.expires_at == NOON.replace(microsecond=0) + timedelta(hours=720)
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


@pytest.mark.parametrize(
    ("script", "status", "decided", "reasons"),
    [("live", "completed", {"decision_live": 1}, []),
     ("too many", "failed", {}, ["upstream_status_429"]), ("silent", "unknown", {}, ["timeout"])],
)  # fmt: skip
def test_what_the_operator_sees_of_a_verification(
    world: World, script: str, status: str, decided: dict[str, int], reasons: list[str]
) -> None:
    world.will(script)
    with suppress(ProblemError):
        world.verify()
    (record,) = world.records()
    assert world.telemetry.counts == {f"verification_{status}": 1} | decided
    (line,) = world.telemetry.lines
    assert (line.message, line.level) == (
        "verification ended",
        logging.INFO if script == "live" else logging.ERROR,
    )
    assert line.fields == {
        "verification_id": record.verification_id,
        "status": status,
        "version": 1,
        "attempt": 1,
        "reasons": reasons,
        "upstream_request_id": None if script == "silent" else "x-request-1",
    }


@pytest.mark.parametrize(
    ("effects", "counts"),
    [
        (["table.update"], {"result_kept_in_emergency": 1}),
        (["table.update", "emergency.send"], {"result_lost": 1}),
    ],
)
def test_a_result_the_table_never_takes_is_kept_or_counted_as_lost(
    world: World, effects: list[str], counts: dict[str, int]
) -> None:
    for effect in effects:
        world.faults.fail(effect, refused(), times=10_000)
    request = world.request()
    with pytest.raises(ProblemError) as caught:
        world.verifier().verify(request)
    assert caught.value.code == "upstream_unavailable"
    assert world.telemetry.counts == counts
    assert [one.score for one in world.kept()] == [Decimal("0.9998")] * (2 - len(effects))
    assert world.clock.monotonic() <= request.deadline + 1.5


def test_where_a_sweep_was_earlier_its_result_is_told(world: World) -> None:
    def swept() -> None:
        world.clock.advance(62)
        assert world.sweeper().sweep() == 1

    world.faults.meanwhile("table.update", swept)
    world.will("silent")
    with pytest.raises(ProblemError) as caught:
        world.verify()
    (record,) = world.records()
    assert record.reasons == ("abandoned",)
    assert caught.value.detail == record.problem().detail


def test_the_waits_between_repeated_writes_grow(world: World) -> None:
    world.faults.fail("table.put", refused(), times=3)
    world.verify()
    assert world.clock.slept == [0.05, 0.1, 0.2]
