import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.processes.children import ChildProcesses, CommandFailedError, tail

# Starts a child of its own, prints both ids, and keeps running.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(3600)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PARENT


@pytest.mark.parametrize("program", [PARENT, STUBBORN], ids=["parent", "ignores SIGTERM"])
def test_leaving_the_block_ends_the_command_and_what_it_started(
    tmp_path: Path, program: str
) -> None:
    with ChildProcesses(tmp_path) as processes:
        processes.start("parent", [sys.executable, "-c", program], env={}, cwd=tmp_path)
        pids = _pids_in(processes.log("parent"))
        assert all(map(_runs, pids))
    _wait_for_end(pids)


def test_a_killed_owner_leaves_nothing_behind(tmp_path: Path) -> None:
    owner = f"""
import pathlib, sys, time
from local.processes.children import ChildProcesses
with ChildProcesses(pathlib.Path({str(tmp_path)!r})) as processes:
    processes.start("parent", [sys.executable, "-c", {PARENT!r}], env={{}}, cwd=".")
    time.sleep(3600)
"""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", owner], cwd=Path(__file__).parents[2]
    )
    pids = _pids_in(tmp_path / "parent.log")
    process.kill()
    process.wait()
    _wait_for_end(pids)


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


def _pids_in(log: Path) -> list[int]:
    """The ids in the log, once it has them."""
    while not (log.exists() and log.read_text().endswith("\n")):
        time.sleep(0.02)
    return [int(word) for word in log.read_text().split()]


def _wait_for_end(pids: list[int]) -> None:
    """Return when all have ended; the test's own timeout is the limit."""
    while any(map(_runs, pids)):
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; its parent has not read its status yet.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
