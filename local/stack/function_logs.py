"""The logs of the functions in a file: the emulator keeps them in memory only."""

import threading
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.ministack import Emulator

_EVERY_SECONDS = 2.0


class FunctionLogs:
    """Copies every log group of the emulator to one file while the `with` block runs.

    Guarantees: each line once and in the order of its group; all lines when the
    block is left.
    """

    def __init__(self, emulator: Emulator, path: Path) -> None:
        self._logs = emulator.client("logs")
        self._path = path
        # For each group: the time of the newest lines copied, and how many lines have that time.
        self._copied: dict[str, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="function-logs", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _follow(self) -> None:
        last = False
        while not last:
            last = self._stop.wait(_EVERY_SECONDS)
            try:
                self._copy()
            except (BotoCoreError, ClientError):
                continue  # the emulator is busy or has ended; the next round tries again

    def _copy(self) -> None:
        with self._path.open("a") as file:
            for page in self._logs.get_paginator("describe_log_groups").paginate():
                for group in page["logGroups"]:
                    for event in self._new(group["logGroupName"]):
                        file.write(event["message"].rstrip() + "\n")

    def _new(self, group: str) -> list[dict[str, Any]]:
        since, count = self._copied.get(group, (0, 0))
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since
        )
        found = [event for page in pages for event in page["events"]]
        if found:
            newest = found[-1]["timestamp"]
            self._copied[group] = (newest, sum(e["timestamp"] == newest for e in found))
        return found[count:]
