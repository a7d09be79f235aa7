"""What a request answers, and what stays behind, when something around it fails."""

import logging
from collections.abc import Callable
from decimal import Decimal

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Decision, Status
from tests.faults import Moment, SdkRetryError, Step
from tests.samples import face
from tests.world import World, refused

DOWN = refused()
FOREVER = 10_000


def refusal(ask: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        ask()
    return caught.value


def sweep_during_the_call(world: World) -> None:
    def sweep() -> None:
        world.clock.jump(61)
        assert world.sweeper().sweep() == 1
        assert statuses(world) == ["unknown"]

    world.faults.meanwhile("transport.post", sweep)


def statuses(world: World) -> list[str]:
    return [record.status for record in world.records()]


@pytest.mark.parametrize(
    ("script", "status", "code", "reason"),
    [
        ("too many", "failed", "upstream_unavailable", "upstream_status_429"),
        ("limit", "failed", "upstream_limit", "limit_reached"),
        ("silent", "unknown", "upstream_timeout", "timeout"),
        ("cut", "unknown", "upstream_bad_answer", "answer_cut"),
    ],
)
def test_every_fault_of_upstream_ends_in_a_stored_state_and_its_problem(
    world: World, script: str, status: str, code: str, reason: str
) -> None:
    world.will(script)
    problem = refusal(world.verify)
    (record,) = world.records()
    assert (record.status, record.problem_code, record.reasons) == (status, code, (reason,))
    assert (record.decision, record.score, record.faces) == (None, None, ())
    assert (problem.code, problem.verification_id) == (code, record.verification_id)
    assert problem.detail == f"This verification is {status}: {reason}."
    assert world.telemetry.counts[f"verification_{status}"] == 1
    assert world.telemetry.lines[-1].level == logging.ERROR
    assert world.faults.done()[-1] == "table.update"


def test_without_the_fingerprints_key_nothing_is_claimed_or_asked(world: World) -> None:
    world.faults.fail("secret.fingerprint", DOWN)
    problem = refusal(world.verify)
    assert problem.code == "upstream_unavailable"
    assert problem.detail.endswith("nothing was sent and nothing was charged.")
    assert (world.calls, world.table.stream) == (0, [])


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_table_that_never_answers_the_claim_costs_no_call(world: World, moment: Moment) -> None:
    world.faults.fail("table.put", DOWN, moment, times=FOREVER)
    problem = refusal(world.verify)
    assert problem.code == "upstream_unavailable"
    assert "nothing was charged" in problem.detail
    assert problem.verification_id is None
    assert world.calls == 0
    assert statuses(world) == ([] if moment == "before" else ["processing"])
    assert 1 <= len(world.clock.slept) < 10
    assert sum(world.clock.slept) <= 1.5


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("effect", ["table.put", "table.update"])
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
    assert world.calls == 1
    assert len(world.table.stream) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_claim_of_the_next_attempt_that_is_repeated_is_made_once(
    world: World, moment: Moment
) -> None:
    world.will("too many")
    refusal(world.verify)
    # The first put is a claim, which the failed record refuses; then comes the next attempt.
    world.faults.fail("table.put", DOWN, moment, skip=1, times=2)
    assert world.verify().verification.attempt == 2
    assert world.calls == 2
    assert len(world.table.stream) == 4


def test_a_table_that_never_answers_the_next_claim_costs_no_call(world: World) -> None:
    world.will("too many")
    refusal(world.verify)
    world.faults.fail("table.put", DOWN, skip=1, times=FOREVER)
    problem = refusal(world.verify)
    assert (problem.code, world.calls) == ("upstream_unavailable", 1)
    assert statuses(world) == ["failed"]


def test_the_waits_between_repeated_writes_grow(world: World) -> None:
    world.faults.fail("table.put", DOWN, times=3)
    world.verify()
    assert world.clock.slept == [0.05, 0.1, 0.2]


def test_a_result_the_table_never_takes_waits_in_the_emergency_queue(world: World) -> None:
    world.faults.fail("table.update", DOWN, times=FOREVER)
    request = world.request()
    problem = refusal(lambda: world.verifier().verify(request))
    (kept,) = world.kept()
    assert problem.code == "upstream_unavailable"
    assert problem.verification_id == kept.attempt_reference.verification_id
    assert (kept.status, kept.score, kept.faces) == ("completed", Decimal("0.9998"), (face(),))
    assert kept.attempt_reference.attempt == 1
    assert statuses(world) == ["processing"]
    assert world.telemetry.counts == {"result_kept_in_emergency": 1}
    assert world.calls == 1
    assert world.clock.monotonic() <= request.deadline + 1.5


def test_a_result_no_queue_takes_either_is_counted_as_lost(world: World) -> None:
    world.faults.fail("table.update", DOWN, times=FOREVER)
    world.faults.fail("emergency.send", DOWN)
    assert refusal(world.verify).code == "upstream_unavailable"
    assert world.telemetry.counts == {"result_lost": 1}
    assert statuses(world) == ["processing"]


def test_no_answer_waits_longer_for_the_table_than_there_is_time(world: World) -> None:
    request = world.request()
    world.will("silent")
    world.faults.fail("table.update", DOWN, times=FOREVER)
    refusal(lambda: world.verifier().verify(request))
    assert world.clock.monotonic() <= request.deadline + 1.5
    assert len(world.kept()) == 1


def test_a_record_that_expired_during_the_call_takes_no_result(world: World) -> None:
    world.faults.meanwhile("transport.post", lambda: world.clock.jump(24 * 3600))
    problem = refusal(world.verify)
    (record,) = world.records()
    assert (problem.code, problem.verification_id) == ("internal", record.verification_id)
    assert record.status is Status.PROCESSING
    assert world.kept() == []


def test_an_answer_after_the_sweep_is_a_new_version_that_says_nothing_of_the_old(
    world: World,
) -> None:
    sweep_during_the_call(world)
    record = world.verify().verification
    assert (record.status, record.decision) == (Status.COMPLETED, Decision.LIVE)
    assert (record.version, record.reasons, record.problem_code) == (2, (), None)
    assert record == world.records()[0]
    assert world.publish() == []
    assert [entry["DetailType"] for entry in world.bus.accepted] == [
        "LivenessVerificationUnknown", "LivenessVerificationCompleted",
    ]  # fmt: skip
    assert len({event["metadata"]["id"] for event in world.announced()}) == 2


def test_a_failure_after_the_sweep_frees_the_key(world: World) -> None:
    sweep_during_the_call(world)
    world.will("too many")
    assert refusal(world.verify).code == "upstream_unavailable"
    assert statuses(world) == ["failed"]
    assert world.verify().verification.status is Status.COMPLETED
    assert world.charges == 1


def test_a_lost_answer_after_the_sweep_stays_unknown(world: World) -> None:
    sweep_during_the_call(world)
    world.will("silent")
    # The record says "abandoned"; the caller is told what a repetition would be told.
    problem = refusal(world.verify)
    again = refusal(world.verify)
    assert statuses(world) == ["unknown"]
    assert (problem.code, problem.detail) == (again.code, again.detail)
    assert world.calls == 1


def test_a_write_is_never_repeated_for_another_reason(world: World) -> None:
    world.faults.fail("table.update", RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        world.verify()
    assert world.faults.steps.count(Step("table.update", "before")) == 1
    assert world.clock.slept == []
