"""The processes in which the emulator runs a function, found through /proc."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.gateway import Gateway

PROCESSES: Final = Path("/proc")


class Worker:
    """One execution environment of a function: a process of the emulator."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def stop(self) -> None:
        """Suspend it until `go_on`."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Resume it."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)


def workers(gateway: Gateway, function: str) -> list[Worker]:
    """The processes of this function in the emulator of this gateway."""
    wanted = {
        f"POWERTOOLS_SERVICE_NAME={function}".encode(),
        f"AWS_ENDPOINT_URL={gateway.emulator.url}".encode(),
    }
    return [Worker(pid) for pid, environment in _environments() if wanted <= environment]


def _environments() -> Iterator[tuple[int, set[bytes]]]:
    for process in PROCESSES.iterdir():
        if process.name.isdecimal():
            try:
                yield int(process.name), set((process / "environ").read_bytes().split(b"\0"))
            except OSError:
                continue  # it has ended, or belongs to another user
