"""What a request answers, and what stays behind, when something around it fails."""

import logging
from collections.abc import Callable

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Decision, Status, UpstreamAnswer
from liveness_gateway.verifications.ports import (
    CredentialsUnavailableError,
    LedgerUnavailableError,
    NotChargedError,
    OutcomeUnknownError,
    UpstreamError,
)
from tests.fakes import SdkRetryError, Step, UpstreamCall, answer, selfie
from tests.faults import Moment
from tests.world import World

DOWN = LedgerUnavailableError("ThrottlingException")
FOREVER = 10_000


def refusal(ask: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        ask()
    return caught.value


def statuses(world: World) -> list[str]:
    return [record.status for record in world.ledger.all()]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (NotChargedError("upstream_unavailable", "dns"), "failed", "upstream_unavailable"),
        (NotChargedError("upstream_limit", "limit_reached"), "failed", "upstream_limit"),
        (OutcomeUnknownError("upstream_timeout", "timeout"), "unknown", "upstream_timeout"),
        (OutcomeUnknownError("upstream_bad_answer", "cut"), "unknown", "upstream_bad_answer"),
    ],
)  # fmt: skip
def test_every_fault_of_upstream_ends_in_a_stored_state_and_its_problem(
    world: World, fault: UpstreamError, status: str, code: str
) -> None:
    world.upstream.will(fault)
    problem = refusal(world.verify)
    (record,) = world.ledger.all()
    assert (record.status, record.problem_code, record.reasons) == (status, code, (fault.reason,))
    assert (record.decision, record.score, record.faces) == (None, None, ())
    assert (problem.code, problem.verification_id) == (code, record.verification_id)
    assert problem.detail == f"This verification is {status}: {fault.reason}."
    assert world.telemetry.counts == {f"verification_{status}": 1}
    assert world.telemetry.lines[-1].level == logging.ERROR
    assert world.faults.done()[-1] == "ledger.store"


def test_without_the_fingerprints_key_nothing_is_claimed_or_asked(world: World) -> None:
    world.faults.fail("fingerprints.of", CredentialsUnavailableError("gone"))
    problem = refusal(world.verify)
    assert problem.code == "upstream_unavailable"
    assert problem.detail.endswith("nothing was sent and nothing was charged.")
    assert (world.upstream.calls, world.ledger.stream) == ([], [])


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_ledger_that_never_answers_the_claim_costs_no_call(world: World, moment: Moment) -> None:
    world.faults.fail("ledger.claim", DOWN, moment, times=FOREVER)
    problem = refusal(world.verify)
    assert problem.code == "upstream_unavailable"
    assert "nothing was charged" in problem.detail
    assert problem.verification_id is None
    assert world.upstream.calls == []
    assert statuses(world) == ([] if moment == "before" else ["processing"])
    assert 1 <= len(world.clock.slept) < 10
    assert sum(world.clock.slept) <= 1.5


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("effect", ["ledger.claim", "ledger.store"])
@pytest.mark.parametrize("error", [DOWN, SdkRetryError()], ids=["service", "sdk"])
def test_a_write_that_is_repeated_is_made_once(
    world: World, effect: str, moment: Moment, error: Exception
) -> None:
    if moment == "before" and isinstance(error, SdkRetryError):
        moment = "after"
    world.faults.fail(effect, error, moment, times=2)
    outcome = world.verify()
    assert outcome.verification.status is Status.COMPLETED
    assert outcome.verification.version == 1
    assert len(world.upstream.calls) == 1
    assert len(world.ledger.stream) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_claim_of_the_next_attempt_that_is_repeated_is_made_once(
    world: World, moment: Moment
) -> None:
    world.upstream.will(NotChargedError("upstream_unavailable", "connection_refused"))
    refusal(world.verify)
    world.faults.fail("ledger.reclaim", DOWN, moment, times=2)
    assert world.verify().verification.attempt == 2
    assert len(world.upstream.calls) == 2
    assert len(world.ledger.stream) == 4


def test_a_ledger_that_never_answers_the_next_claim_costs_no_call(world: World) -> None:
    world.upstream.will(NotChargedError("upstream_unavailable", "connection_refused"))
    refusal(world.verify)
    world.faults.fail("ledger.reclaim", DOWN, times=FOREVER)
    problem = refusal(world.verify)
    assert (problem.code, len(world.upstream.calls)) == ("upstream_unavailable", 1)
    assert statuses(world) == ["failed"]


def test_the_waits_between_repeated_writes_grow(world: World) -> None:
    world.faults.fail("ledger.claim", DOWN, times=3)
    world.verify()
    assert world.clock.slept == [0.05, 0.1, 0.2]


def test_a_result_the_ledger_never_takes_waits_in_the_emergency_queue(world: World) -> None:
    world.faults.fail("ledger.store", DOWN, times=FOREVER)
    request = world.request()
    problem = refusal(lambda: world.service().verify(request))
    (kept,) = world.emergency.kept
    assert problem.code == "upstream_unavailable"
    assert problem.verification_id == kept.attempt_reference.verification_id
    assert (kept.status, kept.score, kept.faces) == ("completed", answer().score, answer().faces)
    assert kept.attempt_reference.attempt == 1
    assert statuses(world) == ["processing"]
    assert world.telemetry.counts == {"result_kept_in_emergency": 1}
    assert len(world.upstream.calls) == 1
    assert world.clock.monotonic() <= request.deadline + 1.5


def test_a_result_no_queue_takes_either_is_counted_as_lost(world: World) -> None:
    world.faults.fail("ledger.store", DOWN, times=FOREVER)
    world.emergency.full = True
    assert refusal(world.verify).code == "upstream_unavailable"
    assert world.telemetry.counts == {"result_lost": 1}
    assert statuses(world) == ["processing"]


def test_while_a_result_waits_in_the_queue_the_same_request_is_in_progress(world: World) -> None:
    world.faults.fail("ledger.store", DOWN, times=FOREVER)
    refusal(world.verify)
    world.faults.clear()
    assert refusal(world.verify).code == "in_progress"
    world.recoverer().store(world.emergency.kept[0])
    outcome = world.verify()
    assert (outcome.replayed, outcome.verification.version) == (True, 1)
    assert len(world.upstream.calls) == 1


def test_no_answer_waits_longer_for_the_ledger_than_there_is_time(world: World) -> None:
    request = world.request()

    def slow(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.advance(21)
        return answer()

    world.upstream.will(slow)
    world.faults.fail("ledger.store", DOWN, times=FOREVER)
    refusal(lambda: world.service().verify(request))
    assert world.clock.monotonic() <= request.deadline + 1.5
    assert len(world.emergency.kept) == 1


def test_a_record_that_expired_during_the_call_takes_no_result(world: World) -> None:
    def a_day_later(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.jump(24 * 3600)
        return answer()

    world.upstream.will(a_day_later)
    problem = refusal(world.verify)
    (record,) = world.ledger.all()
    assert (problem.code, problem.verification_id) == ("internal", record.verification_id)
    assert record.status is Status.PROCESSING
    assert world.emergency.kept == []


def test_an_answer_after_the_sweep_is_a_new_version_that_says_nothing_of_the_old(
    world: World,
) -> None:
    def swept_meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.jump(61)
        assert world.sweeper().sweep() == 1
        assert statuses(world) == ["unknown"]
        return answer()

    world.upstream.will(swept_meanwhile)
    record = world.verify().verification
    assert (record.status, record.decision) == (Status.COMPLETED, Decision.LIVE)
    assert (record.version, record.reasons, record.problem_code) == (2, (), None)
    assert record == world.ledger.all()[0]
    assert world.publish() == []
    assert [entry.detail_type for entry in world.bus.accepted] == [
        "LivenessVerificationUnknown", "LivenessVerificationCompleted",
    ]  # fmt: skip
    assert len({entry.id for entry in world.bus.accepted}) == 2


def test_a_failure_after_the_sweep_frees_the_key(world: World) -> None:
    def swept_meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.jump(61)
        world.sweeper().sweep()
        raise NotChargedError("upstream_unavailable", "connection_refused")

    world.upstream.will(swept_meanwhile)
    assert refusal(world.verify).code == "upstream_unavailable"
    assert statuses(world) == ["failed"]
    assert world.verify().verification.status is Status.COMPLETED
    assert world.upstream.charges == 1


def test_a_lost_answer_after_the_sweep_stays_unknown(world: World) -> None:
    def swept_meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.jump(61)
        world.sweeper().sweep()
        raise OutcomeUnknownError("upstream_timeout", "timeout")

    world.upstream.will(swept_meanwhile)
    # The record says "abandoned"; the caller is told what a repetition would be told.
    problem = refusal(world.verify)
    again = refusal(world.verify)
    assert statuses(world) == ["unknown"]
    assert (problem.code, problem.detail) == (again.code, again.detail)
    assert len(world.upstream.calls) == 1


@pytest.mark.parametrize("effect", ["upstream.verify", "ledger.claim", "fingerprints.of"])
@pytest.mark.parametrize("error", [RuntimeError("x"), MemoryError(), RecursionError(), OSError()])
def test_an_error_nobody_foresaw_is_never_an_answer(
    world: World, effect: str, error: Exception
) -> None:
    world.faults.fail(effect, error)
    with pytest.raises(type(error)):
        world.verify()
    assert "completed" not in statuses(world)
    world.clock.advance(61)
    world.sweeper().sweep()
    assert statuses(world) in ([], ["unknown"])


def test_a_reader_says_when_the_ledger_does_not_answer(world: World) -> None:
    world.faults.fail("ledger.get", DOWN)
    problem = refusal(lambda: world.reader().read("0" * 32, "client-1"))
    assert (problem.code, problem.detail) == (
        "upstream_unavailable", "The record could not be read.",
    )  # fmt: skip


def test_nothing_of_the_selfie_is_in_what_the_operator_sees(world: World) -> None:
    canary = b"canary-in-the-pixels"
    world.upstream.will(OutcomeUnknownError("upstream_timeout", "timeout"))
    refusal(lambda: world.verify(image=selfie(canary), subject_ref="canary-subject"))
    shown = repr((world.telemetry.lines, world.telemetry.counts, world.ledger.stream))
    assert "canary-in" not in shown
    assert canary.hex() not in shown
    assert "canary-subject" not in repr(world.telemetry.lines)


def test_a_write_is_never_repeated_for_another_reason(world: World) -> None:
    world.faults.fail("ledger.store", RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        world.verify()
    assert world.faults.steps.count(Step("ledger.store", "before")) == 1
    assert world.clock.slept == []
