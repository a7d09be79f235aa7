"""Progress, step by step, with the time each took: bars on a terminal, lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

Advance = Callable[[int, int], None]


class Steps(Protocol):
    """Shows steps. Several may run at once, each in its own thread."""

    def __enter__(self) -> Self:
        """Begin to show steps."""
        ...

    def __exit__(self, *_: object) -> None:
        """Leave the last state on the screen."""
        ...

    def step(self, title: str) -> AbstractContextManager[Advance]:
        """Show a step while the block runs; it yields a function of (done, total)."""
        ...


def steps_on(stream: TextIO, *, quiet: bool = False) -> Steps:
    """Steps for this stream: bars on a terminal, lines elsewhere, nothing if quiet."""
    if quiet:
        return LineSteps(lambda _: None)
    if stream.isatty():
        return TerminalSteps(stream)

    def write(line: str) -> None:
        stream.write(f"{line}\n")  # one call: several threads write
        stream.flush()

    return LineSteps(write)


class LineSteps:
    """A line when a step begins, and one with its time when it ends."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextmanager
    def step(self, title: str) -> Iterator[Advance]:
        """Show a step; lines show no progress within it."""
        self._write(f"      ...  {title}")
        started = time.monotonic()
        outcome = "FAILED"
        try:
            yield lambda _done, _total: None
            outcome = ""
        finally:
            self._write(f"  {time.monotonic() - started:5.1f} s  {title} {outcome}".rstrip())


class TerminalSteps:
    """A row per step, with a bar and a running clock."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=Console(file=stream),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[Advance]:
        """Show a step; the bar pulses while the total is not known."""
        row = self._progress.add_task(title, total=None)
        try:
            yield lambda done, total: self._progress.update(row, completed=done, total=total)
        except BaseException:
            self._fail(row, title)
            raise
        self._progress.update(row, completed=1, total=1)

    def _fail(self, row: TaskID, title: str) -> None:
        self._progress.update(row, description=f"[red]✗ {title}[/]")
        self._progress.stop_task(row)
