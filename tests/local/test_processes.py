import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.processes.children import ChildProcesses, CommandFailedError, tail

# Starts a child of its own, which has the pipe open too, and keeps running.
PARENT = """
import os, subprocess, sys, time
pipe = os.open("pipe", os.O_WRONLY)
os.set_inheritable(pipe, True)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], close_fds=False)
os.write(pipe, b"1")
time.sleep(3600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PARENT


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """It ends for its reader when the last process that has it open has ended."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("program", [PARENT, STUBBORN], ids=["parent", "ignores SIGTERM"])
def test_leaving_the_block_ends_the_command_and_what_it_started(
    tmp_path: Path, pipe: Path, program: str
) -> None:
    with ExitStack() as files:
        with ChildProcesses(tmp_path) as processes:
            processes.start("parent", [sys.executable, "-c", program], env={}, cwd=tmp_path)
            reader = files.enter_context(pipe.open("rb", buffering=0))
            assert reader.read(1) == b"1"
        assert reader.read() == b""


def test_a_killed_owner_leaves_nothing_behind(tmp_path: Path, pipe: Path) -> None:
    owner = f"""
import pathlib, sys, time
from local.processes.children import ChildProcesses
directory = pathlib.Path({str(tmp_path)!r})
with ChildProcesses(directory) as processes:
    processes.start("parent", [sys.executable, "-c", {PARENT!r}], env={{}}, cwd=directory)
    time.sleep(3600)
"""
    command, checkout = [sys.executable, "-c", owner], Path(__file__).parents[2]
    with (
        subprocess.Popen(command, cwd=checkout) as process,  # noqa: S603 - our own interpreter
        pipe.open("rb", buffering=0) as reader,
    ):
        assert reader.read(1) == b"1"
        process.kill()
        assert reader.read() == b""


def test_a_run_passes_on_its_lines_and_a_failed_one_shows_the_last(tmp_path: Path) -> None:
    lines: list[str] = []
    program = "import sys; [print(n) for n in range(100)]; sys.exit(3)"
    command = [sys.executable, "-c", program]
    with ChildProcesses(tmp_path) as processes, pytest.raises(CommandFailedError) as caught:
        processes.run("count", command, env={}, cwd=tmp_path, on_line=lines.append)
    assert lines == [f"{number}\n" for number in range(100)]
    message = str(caught.value)
    assert "The step `count` failed with status 3" in message
    assert str(tmp_path / "count.log") in message
    assert "\n98\n99\n" in message
    assert "\n50\n" not in message


def test_nothing_can_be_started_when_the_run_has_ended(tmp_path: Path) -> None:
    with ChildProcesses(tmp_path) as processes:
        pass
    with pytest.raises(RuntimeError):
        processes.run("late", [sys.executable, "-c", "print(1)"], env={}, cwd=tmp_path)
    assert tail(processes.log("late")) == "(empty)"
