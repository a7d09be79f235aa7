"""The `Ledger` port, over DynamoDB and over the double that stands in for it in other tests."""

from dataclasses import replace

import pytest

from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.ports import Ledger, LedgerUnavailableError
from tests.samples import NOON, TOMORROW, Result, claim, completed, failed, seconds, stored
from tests.samples import unknown as lost


def test_a_claim_is_stored_whole(any_ledger: Ledger) -> None:
    made = claim()
    assert any_ledger.claim(made) is None
    assert stored(any_ledger, made) == made


@pytest.mark.parametrize("result", [None, completed, failed, lost])
def test_a_second_claim_is_shown_what_stands_there(
    any_ledger: Ledger, result: Result | None
) -> None:
    first = claim()
    any_ledger.claim(first)
    if result:
        any_ledger.store(result(first))
    before = stored(any_ledger, first)
    assert any_ledger.claim(claim(first.verification_id)) == before
    assert stored(any_ledger, first) == before


def test_the_same_request_given_to_another_process_is_not_its_own(any_ledger: Ledger) -> None:
    """It has the same correlation id and the same times; only the token is another."""
    made = claim()
    any_ledger.claim(made)
    assert any_ledger.claim(replace(made, claim_id="another")) == made


@pytest.mark.parametrize("result", [None, completed, failed, lost])
def test_an_expired_record_gives_way_to_a_claim(any_ledger: Ledger, result: Result | None) -> None:
    old = claim()
    any_ledger.claim(old)
    if result:
        any_ledger.store(result(old))
    new = claim(old.verification_id, at=TOMORROW)
    assert any_ledger.claim(new) is None
    assert stored(any_ledger, old) == new


def test_a_record_stands_until_the_second_it_expires(any_ledger: Ledger) -> None:
    old = claim()
    any_ledger.claim(old)
    early = claim(old.verification_id, at=TOMORROW - seconds(1))
    assert any_ledger.claim(early) == old


def test_a_next_attempt_is_of_the_same_record_and_remembered_as_long_as_a_new_one(
    any_ledger: Ledger,
) -> None:
    first = claim()
    any_ledger.claim(first)
    after = any_ledger.store(failed(first))
    again = claim(first.verification_id, at=NOON + seconds(100))
    taken = any_ledger.reclaim(after, again)
    assert taken is not None
    assert (taken.attempt, taken.version) == (2, 1)
    assert (taken.created_at, taken.expires_at) == (first.created_at, again.expires_at)
    assert (taken.deadline, taken.correlation_id) == (again.deadline, again.correlation_id)
    assert stored(any_ledger, first) == taken
    assert stored(any_ledger, first).reasons == ()


@pytest.mark.parametrize("result", [None, completed, lost])
def test_only_failed_is_tried_again(any_ledger: Ledger, result: Result | None) -> None:
    first = claim()
    any_ledger.claim(first)
    before = any_ledger.store(result(first)) if result else first
    assert (
        any_ledger.reclaim(replace(before, status=Status.FAILED), claim(first.verification_id))
        is None
    )
    assert stored(any_ledger, first) == before


def test_a_next_attempt_of_a_deleted_record_is_not_begun(any_ledger: Ledger) -> None:
    gone = claim(status=Status.FAILED)
    with pytest.raises(LedgerUnavailableError):
        any_ledger.reclaim(gone, claim(gone.verification_id))


def test_overdue_is_what_is_processing_past_its_deadline(any_ledger: Ledger) -> None:
    due = [claim(f"{digit}{'0' * 31}") for digit in "0f7"]
    young = claim(f"0{'1' * 31}", at=NOON + seconds(1))
    done = claim(f"0{'2' * 31}")
    for each in (*due, young, done):
        any_ledger.claim(each)
    any_ledger.store(completed(done))
    found = list(any_ledger.overdue(NOON + seconds(61)))
    assert sorted(found, key=lambda one: one.verification_id) == sorted(
        (one.attempt_reference for one in due), key=lambda one: one.verification_id
    )
    assert list(any_ledger.overdue(NOON + seconds(60))) == []
