"""How a program ends. That an error is one message is in tests/e2e/test_programs.py."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from local.command_line import run


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """What `run` does to the handlers of this process ends with the test."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_status_is_the_programs_own() -> None:
    assert run(lambda: 7) == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_cleanly(number: signal.Signals) -> None:
    ended: list[str] = []

    def program() -> int:
        try:
            os.kill(os.getpid(), number)
            time.sleep(3600)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # does not interrupt the end
            ended.append("cleanly")
        return 0

    assert run(program) == 130
    assert ended == ["cleanly"]
