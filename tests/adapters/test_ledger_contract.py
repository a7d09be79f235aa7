"""The `Ledger` port, kept by DynamoDB and by the fake that stands in for it in other tests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liveness_gateway.adapters.dynamodb import DynamoDBLedger
from liveness_gateway.domain import Decision, Status, UpstreamReceipt, Verification
from liveness_gateway.errors import LedgerUnavailable, SettleRefused
from liveness_gateway.ports import Ledger
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.adapters.samples import (
    NOON,
    RECEIPT,
    Result,
    claim,
    completed,
    create_table,
    failed,
    seconds,
)
from tests.adapters.samples import unknown as lost
from tests.fakes import FakeLedger, face

TOMORROW = NOON + timedelta(hours=24)


@pytest.fixture(params=["dynamodb", "fake"])
def ledger(request: pytest.FixtureRequest, aws: AwsEndpoint) -> Ledger:
    if request.param == "fake":
        return FakeLedger()
    client = aws.client("dynamodb")
    return DynamoDBLedger(client, create_table(client))


def stored(ledger: Ledger, of: Verification) -> Verification:
    found = ledger.get(of.verification_id)
    assert found is not None
    return found


def test_a_claim_is_stored_whole(ledger: Ledger) -> None:
    made = claim()
    assert ledger.claim(made) is None
    assert stored(ledger, made) == made


def test_what_is_not_there_is_none(ledger: Ledger) -> None:
    assert ledger.get("nothing") is None


def test_a_claim_without_a_subject_has_none(ledger: Ledger) -> None:
    made = claim(subject_ref=None)
    ledger.claim(made)
    assert stored(ledger, made).subject_ref is None


@pytest.mark.parametrize("result", [None, completed, failed, lost])
def test_a_second_claim_is_shown_what_stands_there(ledger: Ledger, result: Result | None) -> None:
    first = claim()
    ledger.claim(first)
    if result:
        ledger.settle(result(first))
    before = stored(ledger, first)
    assert ledger.claim(claim(first.verification_id)) == before
    assert stored(ledger, first) == before


def test_a_claim_sent_again_knows_itself(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    assert ledger.claim(made) is None
    assert stored(ledger, made) == made


def test_its_own_claim_is_not_taken_for_new_once_it_is_settled(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    ledger.settle(completed(made))
    standing = ledger.claim(made)
    assert standing is not None
    assert standing.status is Status.COMPLETED


@pytest.mark.parametrize("result", [None, completed, failed, lost])
def test_an_expired_record_is_no_obstacle(ledger: Ledger, result: Result | None) -> None:
    old = claim()
    ledger.claim(old)
    if result:
        ledger.settle(result(old))
    new = claim(old.verification_id, at=TOMORROW)
    assert ledger.claim(new) is None
    assert stored(ledger, old) == new


def test_a_record_stands_until_the_second_it_expires(ledger: Ledger) -> None:
    old = claim()
    ledger.claim(old)
    early = claim(old.verification_id, at=TOMORROW - seconds(1))
    assert ledger.claim(early) == old


def test_completed_keeps_everything_of_the_answer(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    result = completed(made)
    assert ledger.settle(result) == replace(
        made,
        status=Status.COMPLETED,
        version=1,
        settled_at=result.settled_at,
        decision=Decision.LIVE,
        score=result.score,
        faces=(face(),),
        image=result.image or made.image,
        upstream=RECEIPT,
    )
    assert stored(ledger, made).version == 1


def test_failed_keeps_the_image_of_the_claim_and_says_why(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    after = ledger.settle(failed(made))
    assert after.image == made.image
    assert (after.status, after.reasons) == (Status.FAILED, ("connection_refused",))
    assert (after.problem_code, after.upstream) == ("upstream_unavailable", None)


def test_unknown_keeps_the_request_id_of_upstream(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    assert ledger.settle(lost(made)).upstream == UpstreamReceipt(request_id="req-1")


@pytest.mark.parametrize("result", [completed, failed, lost])
def test_the_same_result_twice_is_stored_once(ledger: Ledger, result: Result) -> None:
    made = claim()
    ledger.claim(made)
    first = ledger.settle(result(made))
    assert ledger.settle(result(made)) == first
    assert stored(ledger, made).version == 1


def test_completed_is_never_overwritten(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    before = ledger.settle(completed(made))
    for other in (failed(made), lost(made), completed(made, score="0.1")):
        with pytest.raises(SettleRefused):
            ledger.settle(other)
    assert stored(ledger, made) == before


def test_failed_takes_no_other_result(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    before = ledger.settle(failed(made))
    for other in (completed(made), lost(made)):
        with pytest.raises(SettleRefused):
            ledger.settle(other)
    assert stored(ledger, made) == before


@pytest.mark.parametrize("result", [completed, failed])
def test_a_late_answer_is_a_new_version_that_says_only_its_own(
    ledger: Ledger, result: Result
) -> None:
    made = claim()
    ledger.claim(made)
    ledger.settle(lost(made, reason="abandoned"))
    late = result(made)
    after = ledger.settle(late)
    assert (after.version, after.status) == (2, late.status)
    assert (after.reasons, after.problem_code) == (late.reasons, late.problem_code)
    assert after.upstream == late.upstream
    assert ledger.settle(late) == after


def test_unknown_after_unknown_is_no_news(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    before = ledger.settle(lost(made, reason="abandoned"))
    assert ledger.settle(lost(made, reason="timeout")) == before
    assert stored(ledger, made) == before


def test_no_record_takes_no_result(ledger: Ledger) -> None:
    with pytest.raises(SettleRefused):
        ledger.settle(completed(claim()))


def test_an_expired_record_takes_no_result(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    with pytest.raises(SettleRefused):
        ledger.settle(completed(made, at=TOMORROW))
    assert stored(ledger, made) == made


def test_a_next_attempt_is_of_the_same_record_and_remembered_as_long_as_a_new_one(
    ledger: Ledger,
) -> None:
    first = claim()
    ledger.claim(first)
    after = ledger.settle(failed(first))
    again = claim(first.verification_id, at=NOON + seconds(100))
    taken = ledger.reclaim(after, again)
    assert taken is not None
    assert (taken.attempt, taken.version) == (2, 1)
    assert (taken.created_at, taken.expires_at) == (first.created_at, again.expires_at)
    assert (taken.deadline, taken.correlation_id) == (again.deadline, again.correlation_id)
    assert stored(ledger, first) == taken
    assert stored(ledger, first).reasons == ()


def test_only_one_gets_the_next_attempt(ledger: Ledger) -> None:
    first = claim()
    ledger.claim(first)
    after = ledger.settle(failed(first))
    winner = ledger.reclaim(after, claim(first.verification_id))
    assert winner is not None
    assert ledger.reclaim(after, claim(first.verification_id)) is None
    assert stored(ledger, first) == winner


def test_a_next_attempt_sent_again_knows_itself(ledger: Ledger) -> None:
    first = claim()
    ledger.claim(first)
    after = ledger.settle(failed(first))
    again = claim(first.verification_id)
    assert ledger.reclaim(after, again) == ledger.reclaim(after, again)


@pytest.mark.parametrize("result", [None, completed, lost])
def test_only_failed_is_tried_again(ledger: Ledger, result: Result | None) -> None:
    first = claim()
    ledger.claim(first)
    before = ledger.settle(result(first)) if result else first
    assert (
        ledger.reclaim(replace(before, status=Status.FAILED), claim(first.verification_id)) is None
    )
    assert stored(ledger, first) == before


def test_a_next_attempt_of_an_expired_record_is_not_begun(ledger: Ledger) -> None:
    first = claim()
    ledger.claim(first)
    after = ledger.settle(failed(first))
    assert ledger.reclaim(after, claim(first.verification_id, at=TOMORROW)) is None


def test_a_next_attempt_of_a_deleted_record_is_not_begun(ledger: Ledger) -> None:
    gone = claim(status=Status.FAILED)
    with pytest.raises(LedgerUnavailable):
        ledger.reclaim(gone, claim(gone.verification_id))


def test_an_answer_to_the_attempt_before_is_refused(ledger: Ledger) -> None:
    first = claim()
    ledger.claim(first)
    after = ledger.settle(failed(first))
    second = ledger.reclaim(after, claim(first.verification_id))
    assert second is not None
    with pytest.raises(SettleRefused):
        ledger.settle(completed(first))
    done = ledger.settle(completed(second))
    assert (done.version, done.attempt) == (2, 2)


def test_a_result_of_the_record_that_expired_does_not_settle_the_one_after_it(
    ledger: Ledger,
) -> None:
    """Both are the first attempt under one key: a result kept for days knows which it is of."""
    old = claim()
    ledger.claim(old)
    new = claim(old.verification_id, at=TOMORROW)
    ledger.claim(new)
    for late in (completed(old, at=TOMORROW), failed(old, at=TOMORROW), lost(old, at=TOMORROW)):
        with pytest.raises(SettleRefused):
            ledger.settle(late)
    assert stored(ledger, new) == new
    assert ledger.settle(completed(new, at=TOMORROW)).status is Status.COMPLETED


def test_overdue_is_what_is_processing_past_its_deadline(ledger: Ledger) -> None:
    due = [claim(f"{digit}{'0' * 31}") for digit in "0f7"]
    young = claim(f"0{'1' * 31}", at=NOON + seconds(1))
    done = claim(f"0{'2' * 31}")
    for each in (*due, young, done):
        ledger.claim(each)
    ledger.settle(completed(done))
    found = list(ledger.overdue(NOON + seconds(61)))
    assert sorted(found, key=lambda one: one.verification_id) == sorted(
        (one.claimed for one in due), key=lambda one: one.verification_id
    )
    assert list(ledger.overdue(NOON + seconds(60))) == []


def test_overdue_names_the_attempt(ledger: Ledger) -> None:
    first = claim()
    ledger.claim(first)
    second = ledger.reclaim(ledger.settle(failed(first)), claim(first.verification_id))
    assert second is not None
    assert list(ledger.overdue(NOON + seconds(100))) == [second.claimed]


def test_what_was_swept_is_not_overdue_any_more(ledger: Ledger) -> None:
    made = claim()
    ledger.claim(made)
    ledger.settle(lost(made, at=NOON + seconds(61), reason="abandoned"))
    assert list(ledger.overdue(NOON + seconds(100))) == []
