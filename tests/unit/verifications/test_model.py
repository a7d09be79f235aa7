"""The words as types, the id of a record, and the decision."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import (
    AttemptReference,
    Decision,
    MultipleFaces,
    Status,
    decimal_text,
)
from tests.doubles.clock import NOON
from tests.samples import selfie
from tests.world import World

INCONCLUSIVE, SCORE = MultipleFaces.INCONCLUSIVE, MultipleFaces.SCORE
UNIT = st.decimals(0, 1, places=36)


@pytest.mark.parametrize(
    ("score", "faces", "policy", "decision", "reasons"),
    [
        ("0.9998", 1, INCONCLUSIVE, "live", ()),
        ("0.6", 1, INCONCLUSIVE, "live", ()),
        ("0.600000", 1, INCONCLUSIVE, "live", ()),
        ("0.59999999999999999999999999999999", 1, INCONCLUSIVE, "not_live", ("below_threshold",)),
        ("0", 1, INCONCLUSIVE, "not_live", ("below_threshold",)),
        ("1", 0, INCONCLUSIVE, "inconclusive", ("no_face",)),
        ("1", 0, SCORE, "inconclusive", ("no_face",)),
        ("0", 0, SCORE, "inconclusive", ("no_face",)),
        ("1", 2, INCONCLUSIVE, "inconclusive", ("multiple_faces",)),
        ("0", 2, INCONCLUSIVE, "inconclusive", ("multiple_faces",)),
        ("0.6", 2, SCORE, "live", ()),
        ("0.59", 40, SCORE, "not_live", ("below_threshold",)),
    ],
)  # fmt: skip
def test_the_decision_table(
    score: str, faces: int, policy: MultipleFaces, decision: str, reasons: tuple[str, ...]
) -> None:
    assert decide(Decimal(score), faces, Decimal("0.6"), policy) == (Decision(decision), reasons)


def test_a_face_without_a_score_cannot_be_decided() -> None:
    with pytest.raises(ValueError, match="without a score"):
        decide(None, 1, Decimal("0.6"), SCORE)
    for faces, reason in ((0, "no_face"), (2, "multiple_faces")):
        assert decide(None, faces, Decimal(0), SCORE) == (Decision.INCONCLUSIVE, (reason,))


@given(score=UNIT, threshold=UNIT, faces=st.integers(0, 4), policy=st.sampled_from(MultipleFaces))
def test_live_exactly_when_a_face_is_there_and_the_score_reaches_the_threshold(
    score: Decimal, threshold: Decimal, faces: int, policy: MultipleFaces
) -> None:
    decision, reasons = decide(score, faces, threshold, policy)
    one_to_judge = faces == 1 or (faces > 1 and policy is SCORE)
    assert (decision is Decision.LIVE) == (one_to_judge and score >= threshold)
    assert (reasons == ()) == (decision is Decision.LIVE)
    assert (decision is Decision.INCONCLUSIVE) == (not one_to_judge)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.60", "0.6"), ("1.", "1"), (".5", "0.5"), ("00.5", "0.5"), ("0001", "1"), ("0.000", "0"),
        ("0", "0"), ("10", "10"), ("1E-7", "0.0000001"), ("1E+1", "10"),
        ("0." + "1234567890" * 4, "0." + "1234567890" * 3 + "123456789"),
    ],
)  # fmt: skip
def test_a_number_is_written_plainly_and_in_full(number: str, text: str) -> None:
    assert decimal_text(Decimal(number)) == text


@given(st.decimals(0, 1, places=40))
def test_a_number_keeps_its_value_whatever_its_length(number: Decimal) -> None:
    written = decimal_text(number)
    assert Decimal(written) == number
    assert re.fullmatch(r"[01]|0\.[0-9]*[1-9]", written, re.ASCII)


def test_a_selfie_never_shows_its_bytes() -> None:
    hidden = selfie(b"\xff\xd8\xffsecret-pixels")
    assert "secret-pixels" not in f"{hidden} {hidden!r} {[hidden]} {(hidden,)}"


def test_a_record_is_readable_by_its_client_until_the_moment_it_expires(world: World) -> None:
    record = replace(world.verify().verification, expires_at=NOON)
    just_before = NOON - timedelta(microseconds=1)
    assert record.readable_by("client-1", just_before)
    assert not record.readable_by("client-1", NOON)
    assert not record.readable_by("client-2", just_before)
    assert not record.readable_by("", just_before)


def test_a_claim_is_named_by_its_deadline_in_whole_seconds(world: World) -> None:
    record = world.verify().verification
    deadline = NOON.replace(microsecond=0) + timedelta(seconds=60)
    assert record.attempt_reference == AttemptReference(record.verification_id, 1, deadline)


def test_the_problem_of_a_record_says_its_status_and_its_reasons(world: World) -> None:
    unknown = replace(
        world.verify().verification,
        status=Status.UNKNOWN,
        reasons=("timeout", "abandoned"),
        problem_code="upstream_timeout",
    )
    problem = unknown.problem(replayed=True)
    assert problem.code == "upstream_timeout"
    assert problem.detail == "This verification is unknown: timeout, abandoned."
    assert problem.verification_id == unknown.verification_id
    assert problem.replayed
    assert not unknown.problem().replayed


def test_a_record_that_names_no_problem_is_shown_as_internal(world: World) -> None:
    nameless = replace(world.verify().verification, status=Status.FAILED, problem_code=None)
    assert nameless.problem().code == "internal"
