"""The budgets of a client: a hard cap on the calls of the liveness API."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.budgets import Budget, ClientBudgets
from liveness_gateway.verifications.counting import Counted, Period
from liveness_gateway.verifications.model import Status
from liveness_gateway.verifications.records import verification_body
from tests.doubles.clock import ManualClock
from tests.world import SETTINGS, World, refused

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def world_with(day: int = 0, month: int = 0) -> World:
    budget = replace(SETTINGS, client_calls_per_day=day, client_calls_per_month=month)
    return World(settings=budget)


def refusal(world: World, key: str, client_id: str = "client-1") -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        world.verify(key, client_id=client_id)
    return caught.value


def test_without_a_budget_nothing_is_counted(world: World) -> None:
    world.verify()
    assert world.budget_table.updates == 0


def test_what_is_used_up_costs_no_call() -> None:
    world = world_with(day=2)
    world.verify("a")
    world.verify("b")
    problem = refusal(world, "c")
    assert (problem.code, world.calls) == ("rate_limited", 2)
    assert "day_budget_used_up" in problem.detail
    # It is no trouble of the operator's.
    assert {line.level for line in world.telemetry.lines} == {logging.INFO}
    # Noon: twelve hours are left, and no answer asks to wait for more than one.
    assert problem.retry_after == 3600
    body = verification_body(world.records()[-1])
    assert body["billing"] == {"charged": "no", "attempts": 1}
    # Another client has a count of its own.
    world.verify("a", client_id="client-2")


def test_the_same_request_is_made_on_the_next_day() -> None:
    world = world_with(day=1)
    world.verify("a")
    refusal(world, "b")
    world.clock.jump(13 * 3600)
    made = world.verify("b").verification
    assert (made.status, made.attempt) == (Status.COMPLETED, 2)


def test_what_is_left_is_told() -> None:
    world = world_with(day=2, month=40)
    day = 12 * 3600
    month = 29 * 24 * 3600 + day
    told = [world.verify("a").limits, world.verify("b").limits, refusal(world, "c").limits]
    assert [[limit.left for limit in limits] for limits in told] == [[1, 39], [0, 38], [0, 38]]
    assert {(one.name, one.quota, one.window, one.seconds) for one in told[2]} == {
        ("day", 2, 24 * 3600, day),
        ("month", 40, 30 * 24 * 3600, month),
    }
    # Nothing is counted for what was answered before.
    assert world.verify("a").limits == ()


def test_a_repeated_request_spends_nothing() -> None:
    world = world_with(day=1)
    for _ in range(3):
        assert world.verify("a").verification.status is Status.COMPLETED
    assert world.calls == 1


def test_a_second_try_is_a_call_of_its_own() -> None:
    world = world_with(day=1)
    world.will("too many, soon")
    # The liveness API said to wait a second: what it said is what the caller is told.
    problem = refusal(world, "a")
    assert (problem.code, "budget" in problem.detail) == ("upstream_unavailable", False)
    assert world.calls == 1


def test_a_count_that_cannot_be_made_is_no_call() -> None:
    world = world_with(day=5)
    world.faults.fail("budget.update", refused())
    problem = refusal(world, "a")
    assert (problem.code, world.calls) == ("upstream_unavailable", 0)
    assert "budget_unavailable" in problem.detail
    world.verify("a")


def test_the_circuit_is_not_opened_by_a_budget() -> None:
    world = world_with(day=1)
    world.verify("a")
    for number in range(20):
        refusal(world, f"b{number}")
    world.verify("a", client_id="client-2")


@pytest.mark.parametrize("budget", [{"day": 10}, {"month": 10}, {"day": 10, "month": 12}])
def test_50_at_once_make_exactly_ten_calls(budget: dict[str, int]) -> None:
    for _ in range(20):
        world = world_with(**budget)
        started = threading.Barrier(50)

        def post(
            number: int, world: World = world, started: threading.Barrier = started
        ) -> str | None:
            request = world.request(f"key-{number}")
            verifier = world.verifier()
            started.wait()
            try:
                verifier.verify(request)
            except ProblemError as problem:
                return problem.code
            return None

        with ThreadPoolExecutor(50) as pool:
            found = list(pool.map(post, range(50)))
        assert (found.count(None), found.count("rate_limited")) == (10, 40)
        assert world.calls == 10


class Full:
    """A counter that has no call left in this period."""

    def __init__(self, period: Period) -> None:
        self._period = period

    def take(self, *_: object) -> Counted:
        return Counted(self._period, 1, 1)


@given(
    moment=st.floats(0, 8 * 366 * 24 * 3600).map(lambda later: FIRST + timedelta(seconds=later)),
    period=st.sampled_from(Period),
)
def test_the_wait_ends_when_the_next_period_begins(moment: datetime, period: Period) -> None:
    clock = ManualClock()
    clock.jump((moment - clock.now()).total_seconds())
    now = clock.now()
    limits, refusal = ClientBudgets(Full(period), Budget(1, 1), clock).spend("client-1")
    assert refusal is not None
    wait = refusal.retry_after
    assert wait is not None
    assert wait in {limit.seconds for limit in limits if limit.name == period}
    assert wait > 0
    then, before = now + timedelta(seconds=wait), now + timedelta(seconds=wait - 1)
    written = {Period.DAY: "%F", Period.MONTH: "%Y-%m"}[period]
    assert then.strftime(written) != now.strftime(written)
    assert before.strftime(written) == now.strftime(written)
