"""The machine's clocks, and how a test moves them."""

import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Implements the `Clock` port: real time, beside which the time of day can be moved.

    `aged` seconds are added to the time that only goes forward: a cache grows old at once.
    """

    def __init__(self) -> None:
        self.moved = 0.0
        self.aged = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.moved)

    def monotonic(self) -> float:
        return time.monotonic() + self.aged

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Countdown:
    """Lambda's context: the time left runs."""

    def __init__(self, seconds: float, request_id: str) -> None:
        self.aws_request_id = request_id
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - time.monotonic()) * 1000)
