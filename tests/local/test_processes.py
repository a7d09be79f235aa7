import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.processes.children import CommandFailedError, Processes, tail

# Starts a child of its own, says both ids, and stays.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PARENT


def test_leaving_the_block_ends_the_command_and_what_it_started(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("parent", [sys.executable, "-c", PARENT], env={}, cwd=tmp_path)
        pids = _written_pids(processes.log("parent"))
        assert all(map(_lives, pids))
    assert _all_end(pids)


def test_a_command_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("stubborn", [sys.executable, "-c", STUBBORN], env={}, cwd=tmp_path)
        pids = _written_pids(processes.log("stubborn"))
    assert _all_end(pids)


def test_a_killed_owner_leaves_nothing_behind(tmp_path: Path) -> None:
    owner = f"""
import pathlib, sys, time
from local.processes.children import Processes
with Processes(pathlib.Path({str(tmp_path)!r})) as processes:
    processes.start("parent", [sys.executable, "-c", {PARENT!r}], env={{}}, cwd=".")
    time.sleep(60)
"""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", owner], cwd=Path(__file__).parents[2]
    )
    pids = _written_pids(tmp_path / "parent.log")
    process.kill()
    process.wait()
    assert _all_end(pids)


def test_a_run_shows_its_lines_and_keeps_them(tmp_path: Path) -> None:
    lines: list[str] = []
    with Processes(tmp_path) as processes:
        processes.run(
            "two", [sys.executable, "-c", "print(1); print(2)"], env={}, cwd=tmp_path,
            on_line=lines.append,
        )  # fmt: skip
        assert processes.log("two").read_text() == "1\n2\n"
    assert lines == ["1\n", "2\n"]


def test_a_failed_run_says_where_and_shows_the_end_of_its_log(tmp_path: Path) -> None:
    program = "import sys; [print(n) for n in range(100)]; sys.exit(3)"
    with Processes(tmp_path) as processes, pytest.raises(CommandFailedError) as caught:
        processes.run("count", [sys.executable, "-c", program], env={}, cwd=tmp_path)
    message = str(caught.value)
    assert "The step `count` failed with status 3" in message
    assert str(tmp_path / "count.log") in message
    assert "\n98\n99\n" in message
    assert "\n50\n" not in message


def test_nothing_is_started_any_more_when_the_run_is_over(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        pass
    with pytest.raises(RuntimeError):
        processes.run("late", [sys.executable, "-c", "print(1)"], env={}, cwd=tmp_path)
    assert tail(processes.log("late")) == "(empty)"


def _written_pids(log: Path) -> list[int]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if log.exists() and (text := log.read_text()).endswith("\n"):
            return [int(word) for word in text.split()]
        time.sleep(0.02)
    raise AssertionError(f"{log} stayed empty")


def _all_end(pids: list[int]) -> bool:
    deadline = time.monotonic() + 30
    while any(map(_lives, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie nobody has collected yet is dead.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
