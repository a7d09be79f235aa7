"""The same request again: one charge, one answer, and never another content under one key."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.events import event_id
from liveness_gateway.verifications.model import Status, UpstreamAnswer
from liveness_gateway.verifications.ports import NotChargedError, OutcomeUnknownError
from liveness_gateway.verifications.requests import VerificationRequest
from tests.fakes import NOON, UpstreamCall, answer, selfie
from tests.world import Changes, World

LIMIT = NotChargedError("upstream_limit", "limit_reached", request_id="upstream-2")
LOST = OutcomeUnknownError("upstream_timeout", "timeout")
DAY = 24 * 3600


def refusal(ask: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        ask()
    return caught.value


def test_a_completed_verification_is_answered_from_the_record(world: World) -> None:
    first = world.verify()
    world.clock.advance(DAY - 1)
    again = world.verify()
    assert again.verification == first.verification
    assert again.replayed
    assert world.upstream.charges == 1
    assert len(world.ledger.stream) == 2


@pytest.mark.parametrize("threshold", ["0.6", "0.60", "00.6", ".6"])
def test_the_same_threshold_however_written_is_the_same_request(
    world: World, threshold: str
) -> None:
    world.verify()
    assert world.verify(threshold=threshold).replayed


@pytest.mark.parametrize(
    "other",
    [
        {"image": selfie(b"\xff\xd8\xffanother")},
        {"threshold": "0.61"},
        {"threshold": "0.6000000000000000000000000000001"},
        {"subject_ref": "someone else"},
    ],
    ids=["selfie", "threshold", "threshold in its 31st digit", "subject_ref"],
)
@pytest.mark.parametrize("fate", [None, LIMIT, LOST], ids=["completed", "failed", "unknown"])
def test_other_content_under_the_key_is_refused_and_costs_nothing(
    world: World, other: Changes, fate: NotChargedError | OutcomeUnknownError | None
) -> None:
    if fate is not None:
        world.upstream.will(fate)
        refusal(world.verify)
    else:
        world.verify()
    (before,), calls, changes = world.ledger.all(), len(world.upstream.calls), 2
    problem = refusal(lambda: world.verify(**other))
    assert problem.code == "idempotency_conflict"
    assert problem.verification_id == before.verification_id
    assert (len(world.upstream.calls), len(world.ledger.stream)) == (calls, changes)
    assert world.ledger.all() == [before]


def test_a_subject_ref_left_out_is_not_an_empty_one(world: World) -> None:
    world.verify(subject_ref="someone")
    assert refusal(world.verify).code == "idempotency_conflict"


def test_unknown_is_answered_as_before_and_never_asked_again(world: World) -> None:
    world.upstream.will(LOST)
    first = refusal(world.verify)
    (record,) = world.ledger.all()
    assert (record.status, record.reasons) == (Status.UNKNOWN, ("timeout",))
    assert (record.problem_code, record.upstream) == ("upstream_timeout", None)
    assert (first.code, first.replayed) == ("upstream_timeout", False)
    again = refusal(world.verify)
    assert (again.code, again.detail) == (first.code, first.detail)
    assert again.verification_id == first.verification_id == record.verification_id
    assert again.replayed
    assert len(world.upstream.calls) == 1
    assert world.ledger.all() == [record]


def test_a_new_key_pays_again_after_unknown(world: World) -> None:
    world.upstream.will(LOST)
    refusal(world.verify)
    assert not world.verify("key-2").replayed
    assert world.upstream.charges == 2


def test_failed_was_not_charged_and_is_asked_again_on_the_same_record(world: World) -> None:
    world.upstream.will(LIMIT)
    problem = refusal(world.verify)
    (failed,) = world.ledger.all()
    assert (failed.status, failed.reasons) == (Status.FAILED, ("limit_reached",))
    assert (failed.attempt, failed.version, failed.problem_code) == (1, 1, "upstream_limit")
    assert failed.upstream == LIMIT.receipt
    assert (problem.code, problem.verification_id) == ("upstream_limit", failed.verification_id)
    world.clock.advance(90)
    outcome = world.verify()
    record = outcome.verification
    assert not outcome.replayed
    assert (record.status, record.attempt, record.version) == (Status.COMPLETED, 2, 2)
    assert (record.created_at, record.correlation_id) == (NOON, "request-2")
    assert (record.reasons, record.problem_code) == ((), None)
    assert world.ledger.all() == [record]
    assert world.upstream.charges == 1


def test_each_attempt_that_fails_is_a_version_of_its_own(world: World) -> None:
    world.upstream.will(LIMIT, LIMIT, LIMIT)
    for attempt in (1, 2, 3):
        assert refusal(world.verify).code == "upstream_limit"
        (record,) = world.ledger.all()
        assert (record.attempt, record.version) == (attempt, attempt)
    ids = {event_id(line.verification) for line in world.ledger.records() if line.verification}
    assert len(ids) == 3


def test_a_retry_just_before_the_record_expires_is_stored_and_remembered(world: World) -> None:
    world.upstream.will(LIMIT)
    refusal(world.verify)
    world.clock.advance(DAY - 5)

    def slow(_: UpstreamCall) -> UpstreamAnswer:
        world.clock.advance(15)
        return answer()

    world.upstream.will(slow)
    record = world.verify().verification
    assert record.status is Status.COMPLETED
    assert record.expires_at >= world.clock.now() + timedelta(hours=23)
    assert world.verify().replayed
    assert world.upstream.charges == 1


def test_after_expiry_the_key_is_free_for_a_verification_of_its_own(world: World) -> None:
    first = world.verify().verification
    world.clock.advance(DAY)
    second = world.verify(image=selfie(b"\xff\xd8\xffanother")).verification
    assert second.verification_id == first.verification_id
    assert (second.attempt, second.version) == (1, 1)
    assert event_id(second) != event_id(first)
    assert second.created_at == NOON + timedelta(days=1)


def test_a_claim_nobody_answered_for_is_in_progress(world: World) -> None:
    def meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        problem = refusal(world.verify)
        assert (problem.code, problem.replayed) == ("in_progress", False)
        assert problem.verification_id == world.ledger.all()[0].verification_id
        other = refusal(lambda: world.verify(threshold="0.9"))
        assert other.code == "idempotency_conflict"
        return answer()

    world.upstream.will(meanwhile)
    world.verify()
    assert len(world.upstream.calls) == 1


def test_one_request_delivered_to_two_processes_is_asked_once(world: World) -> None:
    request = world.request()

    def meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        assert refusal(lambda: world.service().verify(request)).code == "in_progress"
        return answer()

    world.upstream.will(meanwhile)
    world.service().verify(request)
    assert len(world.upstream.calls) == 1


def test_of_two_retries_of_a_failed_record_one_asks_and_one_waits(world: World) -> None:
    world.upstream.will(LIMIT)
    refusal(world.verify)

    def meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        assert refusal(world.verify).code == "in_progress"
        return answer()

    world.upstream.will(meanwhile)
    world.verify()
    assert len(world.upstream.calls) == 2
    assert world.upstream.charges == 1


def test_a_retry_that_loses_the_race_for_the_next_attempt_waits(world: World) -> None:
    world.upstream.will(LIMIT)
    refusal(world.verify)
    # The loser has read the failed record when the winner claims the next attempt; both were
    # given one event, at one moment.
    request = world.request()
    world.faults.meanwhile("ledger.reclaim", lambda: world.service().verify(request))
    assert refusal(lambda: world.service().verify(request)).code == "in_progress"
    assert world.verify().replayed
    assert len(world.upstream.calls) == 2


@pytest.mark.parametrize("event", ["one each", "the same one"])
def test_fifty_at_once_make_one_call(world: World, event: str) -> None:
    others_are_through = threading.Event()

    def slow(_: UpstreamCall) -> UpstreamAnswer:
        assert others_are_through.wait(20)
        return answer()

    world.upstream.standard = slow
    requests = [world.request() for _ in range(50)]
    if event == "the same one":
        requests = requests[:1] * 50
    left = threading.Semaphore(0)

    def ask(request: VerificationRequest) -> str:
        try:
            return world.service().verify(request).verification.verification_id
        except ProblemError as problem:
            left.release()
            return problem.code

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask, request) for request in requests]
        assert all(left.acquire(timeout=20) for _ in range(49))
        others_are_through.set()
    assert len(world.upstream.calls) == 1
    assert sorted(each.result() for each in answers)[-49:] == ["in_progress"] * 49
    assert len(world.ledger.all()) == 1
