"""The processes in which the emulator runs a function, found through /proc."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.gateway import Gateway

PROCESSES: Final = Path("/proc")


def workers(gateway: Gateway, function: str) -> list[int]:
    """The ids of this function's processes in the emulator of this gateway."""
    wanted = {
        f"POWERTOOLS_SERVICE_NAME={function}".encode(),
        f"AWS_ENDPOINT_URL={gateway.emulator.url}".encode(),
    }
    return [pid for pid, environment in _environments() if wanted <= environment]


def _environments() -> Iterator[tuple[int, set[bytes]]]:
    for process in PROCESSES.iterdir():
        if process.name.isdecimal():
            try:
                yield int(process.name), set((process / "environ").read_bytes().split(b"\0"))
            except OSError:
                continue  # it has ended, or belongs to another user
