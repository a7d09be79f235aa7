"""The machine's own clocks."""

import time
from datetime import UTC, datetime

from liveness_gateway.clock import SystemClock


def test_it_is_the_time_of_this_machine_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_sleep_lets_monotonic_time_pass() -> None:
    clock, before = SystemClock(), time.monotonic()
    clock.sleep(0.01)
    assert before + 0.01 <= clock.monotonic() <= time.monotonic()
