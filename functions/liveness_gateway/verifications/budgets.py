"""The budgets of a client: how many calls of the liveness API it may cause in a day and a month.

They are a hard cap: a call is counted before it is made, and where it cannot be counted it is not
made. A call that then fails before anything was sent has been counted all the same.
"""

from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import NamedTuple

from liveness_gateway.clock import Clock
from liveness_gateway.verifications.ports import (
    CallCounter,
    CounterUnavailableError,
    NotChargedError,
    Period,
)


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

    def spend(self, client_id: str) -> None:
        """See the port. Without a budget nothing is counted."""
        if self._budget == Budget():
            return
        now = self._clock.now()
        try:
            used_up = self._counter.take(client_id, now.date(), *self._budget)
        except CounterUnavailableError:
            raise NotChargedError("upstream_unavailable", "budget_unavailable") from None
        if used_up is not None:
            raise NotChargedError(
                "rate_limited", f"{used_up}_budget_used_up", retry_after=_until_next(used_up, now)
            )


def _until_next(period: Period, now: datetime) -> int:
    """Whole seconds until the next day or month begins; more than 0."""
    first = now.date().replace(day=1)
    begins = {
        Period.DAY: now.date() + timedelta(days=1),
        Period.MONTH: (first + timedelta(days=32)).replace(day=1),
    }[period]
    return ceil((_midnight(begins) - now).total_seconds())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
