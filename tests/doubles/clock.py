"""A clock that a test sets."""

from datetime import UTC, datetime, timedelta
from typing import Final

from tests.faults import Faults

NOON: Final = datetime(2025, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)


class ManualClock:
    """Implements the `Clock` port: time passes when a test says so, or by a `sleep`.

    Attributes:
        time_of_day: what `now` returns; reading it is no effect.
        slept: the length of each `sleep`.
    """

    def __init__(self, start: datetime = NOON, faults: Faults | None = None) -> None:
        self.time_of_day = start
        self._monotonic = 1000.0
        self.slept: list[float] = []
        self._faults = faults or Faults()

    def now(self) -> datetime:
        self._faults.at("clock.now", "before")
        return self.time_of_day

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.time_of_day += timedelta(seconds=seconds)
        self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        """Set the time of day forward or back, as a corrected clock does; no time passes."""
        self.time_of_day += timedelta(seconds=seconds)
