import time
from datetime import UTC, datetime

from liveness_gateway.clock import SystemClock


def test_the_clock_is_that_of_this_machine_in_utc() -> None:
    clock, before, began = SystemClock(), datetime.now(UTC), time.monotonic()
    clock.sleep(0.01)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC
    assert began + 0.01 <= clock.monotonic() <= time.monotonic()
