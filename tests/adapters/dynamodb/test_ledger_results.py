"""The `Ledger` port: results, over DynamoDB and over the double alike."""

from dataclasses import replace

import pytest

from liveness_gateway.verifications.model import Decision, Status
from liveness_gateway.verifications.ports import Ledger, ResultRefusedError
from tests.samples import RECEIPT, Result, claim, completed, face, failed, stored
from tests.samples import unknown as lost


def test_completed_keeps_everything_of_the_answer(any_ledger: Ledger) -> None:
    made = claim()
    any_ledger.claim(made)
    result = completed(made)
    assert any_ledger.store(result) == replace(
        made,
        status=Status.COMPLETED,
        version=1,
        ended_at=result.ended_at,
        decision=Decision.LIVE,
        score=result.score,
        faces=(face(),),
        image=result.image or made.image,
        upstream=RECEIPT,
    )
    assert stored(any_ledger, made).version == 1


def test_failed_keeps_the_image_of_the_claim_and_says_why(any_ledger: Ledger) -> None:
    made = claim()
    any_ledger.claim(made)
    after = any_ledger.store(failed(made))
    assert after.image == made.image
    assert (after.status, after.reasons) == (Status.FAILED, ("connection_refused",))
    assert (after.problem_code, after.upstream) == ("upstream_unavailable", None)


@pytest.mark.parametrize(
    ("result", "others"),
    [(completed, (failed, lost)), (failed, (completed, lost))],
    ids=["completed", "failed"],
)
def test_what_has_ended_takes_no_other_result(
    any_ledger: Ledger, result: Result, others: tuple[Result, Result]
) -> None:
    made = claim()
    any_ledger.claim(made)
    before = any_ledger.store(result(made))
    for other in (*[each(made) for each in others], completed(made, score="0.1")):
        with pytest.raises(ResultRefusedError):
            any_ledger.store(other)
    assert stored(any_ledger, made) == before


@pytest.mark.parametrize("result", [completed, failed])
def test_a_late_answer_is_a_new_version_that_says_only_its_own(
    any_ledger: Ledger, result: Result
) -> None:
    made = claim()
    any_ledger.claim(made)
    any_ledger.store(lost(made, reason="abandoned"))
    late = result(made)
    after = any_ledger.store(late)
    assert (after.version, after.status) == (2, late.status)
    assert (after.reasons, after.problem_code) == (late.reasons, late.problem_code)
    assert after.upstream == late.upstream
    assert any_ledger.store(late) == after
