"""The processes in which the emulator runs a function, found as this machine knows them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.gateway import Gateway

PROCESSES: Final = Path("/proc")


class Worker:
    """One execution environment: a process of the emulator of one gateway."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def stop(self) -> None:
        """Let it do nothing more until `go_on`."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it here and now."""
        os.kill(self.pid, signal.SIGKILL)


def workers(gateway: Gateway, function: str) -> list[Worker]:
    """Those that run this function for this gateway; its address tells them from any others."""
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
                continue  # it ended, or is another user's
