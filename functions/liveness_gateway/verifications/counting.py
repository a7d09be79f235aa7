"""What the budgets of clients need from outside, and what they say."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from liveness_gateway.limits import Limit
from liveness_gateway.verifications.ports import NotChargedError


class CounterUnavailableError(Exception):
    """A call could not be counted in time; it may have been."""


class Period(StrEnum):
    """What a budget is for; both begin at midnight, UTC."""

    DAY = "day"
    MONTH = "month"


class Counted(NamedTuple):
    """The calls that are counted, the one that was asked for included if it was.

    Attributes:
        used_up: the period whose limit did not allow it; None where it was counted.
        day: the calls of the day.
        month: the calls of the month.
    """

    used_up: Period | None
    day: int
    month: int


class Spent(NamedTuple):
    """What is left of a client's budgets.

    Attributes:
        limits: each budget; none where the client has none, or nobody can tell.
        refusal: why the call must not be made; None where it may.
    """

    limits: tuple[Limit, ...] = ()
    refusal: NotChargedError | None = None


class CallCounter(Protocol):
    """Counts the calls of the liveness API that each client caused."""

    def take(self, client_id: str, today: date, per_day: int, per_month: int) -> Counted:
        """Count one more call of today, unless that makes more than a limit.

        However many do so at once, no more are counted than the limits allow. A limit of 0 is none.

        Raises:
            CounterUnavailableError: the counter did not say.
        """
        ...


class Budgets(Protocol):
    """How many calls of the liveness API a client may cause."""

    def spend(self, client_id: str) -> Spent:
        """Count a call that is about to be made for this client."""
        ...
