"""The same request again: one charge, one answer, and never another content under one key."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.events import event_id
from liveness_gateway.verifications.model import Status, UpstreamReceipt
from liveness_gateway.verifications.requests import VerificationRequest
from tests.doubles.behaviours import usable
from tests.doubles.clock import NOON
from tests.samples import selfie
from tests.world import Changes, World

NOT_CHARGED = "too many"
LOST = "silent"
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
    assert world.charges == 1
    assert len(world.table.stream) == 2


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
@pytest.mark.parametrize(
    "fate", ["live", NOT_CHARGED, LOST], ids=["completed", "failed", "unknown"]
)
def test_other_content_under_the_key_is_refused_and_costs_nothing(
    world: World, other: Changes, fate: str
) -> None:
    world.will(fate)
    with suppress(ProblemError):
        world.verify()
    (before,) = world.records()
    problem = refusal(lambda: world.verify(**other))
    assert problem.code == "idempotency_conflict"
    assert problem.verification_id == before.verification_id
    assert (world.calls, len(world.table.stream)) == (1, 2)
    assert world.records() == [before]


def test_unknown_is_answered_as_before_and_never_asked_again(world: World) -> None:
    world.will(LOST)
    first = refusal(world.verify)
    (record,) = world.records()
    assert (record.status, record.reasons) == (Status.UNKNOWN, ("timeout",))
    assert (record.problem_code, record.upstream) == ("upstream_timeout", None)
    assert (first.code, first.replayed) == ("upstream_timeout", False)
    again = refusal(world.verify)
    assert (again.code, again.detail) == (first.code, first.detail)
    assert again.verification_id == first.verification_id == record.verification_id
    assert again.replayed
    assert world.calls == 1
    assert world.records() == [record]


def test_failed_was_not_charged_and_is_asked_again_on_the_same_record(world: World) -> None:
    world.will(NOT_CHARGED)
    problem = refusal(world.verify)
    (failed,) = world.records()
    assert (failed.status, failed.reasons) == (Status.FAILED, ("upstream_status_429",))
    assert (failed.attempt, failed.version, failed.problem_code) == (1, 1, "upstream_unavailable")
    assert failed.upstream == UpstreamReceipt(request_id="x-request-1")
    assert problem.code == "upstream_unavailable"
    assert problem.verification_id == failed.verification_id
    world.clock.advance(90)
    outcome = world.verify()
    record = outcome.verification
    assert not outcome.replayed
    assert (record.status, record.attempt, record.version) == (Status.COMPLETED, 2, 2)
    assert (record.created_at, record.correlation_id) == (NOON, "request-2")
    assert (record.reasons, record.problem_code) == ((), None)
    assert world.records() == [record]
    assert world.charges == 1


def test_a_retry_just_before_the_record_expires_is_stored_and_remembered(world: World) -> None:
    world.will(NOT_CHARGED)
    refusal(world.verify)
    world.clock.advance(DAY - 5)
    world.will(replace(usable("0.9998"), seconds=15))
    record = world.verify().verification
    assert record.status is Status.COMPLETED
    assert record.expires_at >= world.clock.now() + timedelta(hours=23)
    assert world.verify().replayed
    assert world.charges == 1


def test_after_expiry_the_key_is_free_for_a_verification_of_its_own(world: World) -> None:
    first = world.verify().verification
    world.clock.advance(DAY)
    second = world.verify(image=selfie(b"\xff\xd8\xffanother")).verification
    assert second.verification_id == first.verification_id
    assert (second.attempt, second.version) == (1, 1)
    assert event_id(second) != event_id(first)
    assert second.created_at == NOON + timedelta(days=1)


def test_a_verification_without_a_result_yet_is_in_progress(world: World) -> None:
    def meanwhile() -> None:
        problem = refusal(world.verify)
        assert (problem.code, problem.replayed) == ("in_progress", False)
        assert problem.verification_id == world.records()[0].verification_id
        other = refusal(lambda: world.verify(threshold="0.9"))
        assert other.code == "idempotency_conflict"

    world.faults.meanwhile("transport.post", meanwhile)
    world.verify()
    assert world.calls == 1


def test_of_two_retries_of_a_failed_record_one_asks_and_one_waits(world: World) -> None:
    world.will(NOT_CHARGED)
    refusal(world.verify)

    def meanwhile() -> None:
        assert refusal(world.verify).code == "in_progress"

    world.faults.meanwhile("transport.post", meanwhile)
    world.verify()
    assert world.calls == 2
    assert world.charges == 1


def test_a_retry_that_loses_the_race_for_the_next_attempt_waits(world: World) -> None:
    world.will(NOT_CHARGED)
    refusal(world.verify)
    # The loser has read the failed record when the winner claims the next attempt; both were
    # given one event, at one moment.
    request = world.request()
    world.faults.meanwhile("table.put", lambda: world.verifier().verify(request), "after")
    assert refusal(lambda: world.verifier().verify(request)).code == "in_progress"
    assert world.verify().replayed
    assert world.calls == 2


@pytest.mark.parametrize("event", ["one each", "the same one"])
def test_fifty_at_once_make_one_call(world: World, event: str) -> None:
    others_are_through = threading.Event()

    world.faults.meanwhile("transport.post", others_are_through.wait)
    requests = [world.request() for _ in range(50)]
    if event == "the same one":
        requests = requests[:1] * 50
    left = threading.Semaphore(0)

    def ask(request: VerificationRequest) -> str:
        try:
            return world.verifier().verify(request).verification.verification_id
        except ProblemError as problem:
            left.release()
            return problem.code

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(ask, request) for request in requests]
        assert all(left.acquire() for _ in range(49))
        others_are_through.set()
    assert world.calls == 1
    assert sorted(each.result() for each in answers)[-49:] == ["in_progress"] * 49
    assert len(world.records()) == 1
