"""Throttles and quotas, counted as API Gateway documents them: token buckets, and a day's count."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from local.front.template import Throttle


class TokenBucket:
    """Holds `burst` tokens, gets `rate` a second, and gives one to each request."""

    def __init__(self, throttle: Throttle, now: Callable[[], float]) -> None:
        self._throttle = throttle
        self._now = now
        self._tokens = float(throttle.burst)
        self._filled_at = now()

    def take(self) -> bool:
        """Whether there was a token."""
        now = self._now()
        filled = self._tokens + (now - self._filled_at) * self._throttle.rate
        self._tokens, self._filled_at = min(filled, self._throttle.burst), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Quota:
    """So many requests in a day, in UTC; None is no quota."""

    def __init__(self, limit: int | None, today: Callable[[], datetime]) -> None:
        self._limit = math.inf if limit is None else limit
        self._today = today
        self._day = today().date()
        self._used = 0

    def take(self) -> bool:
        """Whether there was one left."""
        day = self._today().date()
        if day != self._day:
            self._day, self._used = day, 0
        self._used += 1
        return self._used <= self._limit


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
