import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.command_line import run
from local.errors import LocalError
from local.processes.children import ChildProcesses


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


def test_a_step_that_fails_is_shown_with_its_reason_and_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def program() -> int:
        with ChildProcesses(tmp_path) as processes:
            command = [sys.executable, "-c", "import sys; sys.exit('no such stage')"]
            processes.run("synth", command, env={}, cwd=tmp_path)
        return 0

    assert run(program) == 1
    printed = capsys.readouterr().err
    assert "The step `synth` failed with status 1" in printed
    assert "no such stage" in printed
    assert str(tmp_path / "synth.log") in printed
    assert "Traceback" not in printed


def test_an_error_that_a_person_can_correct_is_one_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def program() -> int:
        raise LocalError("PORT must be a number")

    assert run(program) == 1
    assert capsys.readouterr().err == "\nPORT must be a number\n"


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
