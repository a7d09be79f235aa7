"""Named child processes, each with its own log; all are ended with their owner."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from local.errors import LocalError
from local.processes.supervisor import GRACE_SECONDS

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_TAIL_LINES = 15


class CommandFailedError(LocalError):
    """A command failed; the message has the last lines of its log and where the log is."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(
            f"{what}. The last lines of its log:\n\n{tail(log)}\n\n"
            f"The whole log: {log}\nCorrect what it names and start again."
        )
        self.log = log


class ChildProcesses:
    """The processes that one run started; all are ended when the `with` block is left.

    A child is in a process group of its own with whatever it starts (the
    emulator starts workers), and the whole group is ended.
    """

    def __init__(self, log_directory: Path) -> None:
        self._log_directory = log_directory
        self._running: list[subprocess.Popen[str]] = []
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            running, self._running = self._running, []
        for process in running:
            _close_stdin(process)
        for process in running:
            _end(process)

    def log(self, name: str) -> Path:
        """The file that the command of that name writes to."""
        return self._log_directory / f"{name}.log"

    def start(
        self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path
    ) -> subprocess.Popen[str]:
        """Start a command that keeps running; its output goes to its log."""
        with self.log(name).open("w") as log:
            return self._start(command, env, cwd, log)

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Run a command to its end and pass each line it prints to `on_line`.

        Raises:
            CommandFailedError: its exit status is not 0.
        """
        with self.log(name).open("w") as log:
            process = self._start(command, env, cwd, subprocess.PIPE)
            with process:  # closes its pipes and waits for it
                for line in process.stdout or ():
                    log.write(line)
                    log.flush()
                    on_line(line)
                status = process.wait()
            self._forget(process)
        if status:
            raise CommandFailedError(
                f"The step `{name}` failed with status {status}", self.log(name)
            )

    def _start(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path,
        output: IO[str] | int,
    ) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise RuntimeError("this run has ended: nothing can be started")
            process = subprocess.Popen(  # noqa: S603 - a command of this package, no shell
                [sys.executable, "-I", "-S", _SUPERVISOR, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running.append(process)
            return process

    def _forget(self, process: subprocess.Popen[str]) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._running.remove(process)


def tail(log: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log, or `(empty)`."""
    try:
        text = log.read_text(errors="replace").rstrip()
    except FileNotFoundError:
        text = ""
    return "\n".join(text.splitlines()[-lines:]) or "(empty)"


def _close_stdin(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        process.stdin.close() if process.stdin else None


def _end(process: subprocess.Popen[str]) -> None:
    """Wait for the supervisor to end its group; kill the group if it does not."""
    try:
        process.wait(timeout=GRACE_SECONDS + 2)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
