"""The budgets of a client: how many calls of the liveness API it may cause in a day and a month.

They are a hard cap: a call is counted before it is made, and where it cannot be counted it is not
made. A call that then fails before anything was sent has been counted all the same.
"""

from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Final, NamedTuple

from liveness_gateway.clock import Clock
from liveness_gateway.limits import Limit
from liveness_gateway.verifications.counting import (
    Budgets,
    CallCounter,
    CounterUnavailableError,
    Period,
    Spent,
)
from liveness_gateway.verifications.ports import NotChargedError

_DAY: Final = 24 * 3600


class Budget(NamedTuple):
    """The most calls in a day and in a month, by UTC; 0 for no limit."""

    day: int = 0
    month: int = 0


class ClientBudgets:
    """Implements the `Budgets` port: each client has the same budget, and a count of its own."""

    def __init__(self, counter: CallCounter, budget: Budget, clock: Clock) -> None:
        self._counter = counter
        self._budget = budget
        self._clock = clock

    def spend(self, client_id: str) -> Spent:
        """See the port. Without a budget nothing is counted."""
        if self._budget == Budget():
            return Spent()
        now = self._clock.now()
        try:
            counted = self._counter.take(client_id, now.date(), *self._budget)
        except CounterUnavailableError:
            return Spent(refusal=NotChargedError("upstream_unavailable", "budget_unavailable"))
        limits = (
            _limit(Period.DAY, self._budget.day, counted.day, now),
            _limit(Period.MONTH, self._budget.month, counted.month, now),
        )
        return Spent(tuple(one for one in limits if one.quota), _refusal(counted.used_up, now))


class Spending:
    """Spends the budgets of one client, call by call.

    Attributes:
        limits: what is left after the last call; none before the first.
    """

    def __init__(self, budgets: Budgets, client_id: str) -> None:
        self._budgets = budgets
        self._client_id = client_id
        self.limits: tuple[Limit, ...] = ()

    def __call__(self) -> None:
        """Count a call that is about to be made.

        Raises:
            NotChargedError: it must not be made.
        """
        self.limits, refusal = self._budgets.spend(self._client_id)
        if refusal is not None:
            raise refusal


def _limit(period: Period, quota: int, used: int, now: datetime) -> Limit:
    first, following = _window(period, now.date())
    length = (following - first).days * _DAY
    return Limit(str(period), quota, length, max(quota - used, 0), _until(following, now))


def _refusal(used_up: Period | None, now: datetime) -> NotChargedError | None:
    if used_up is None:
        return None
    wait = _until(_window(used_up, now.date())[1], now)
    return NotChargedError("rate_limited", f"{used_up}_budget_used_up", retry_after=wait)


def _window(period: Period, day: date) -> tuple[date, date]:
    """The first day of the period that a day is in, and that of the next one."""
    if period is Period.DAY:
        return day, day + timedelta(days=1)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _until(day: date, now: datetime) -> int:
    """Whole seconds until a later day begins; more than 0."""
    return ceil((datetime.combine(day, time(), UTC) - now).total_seconds())
