"""The directory of one run, under `.local/`: its logs are kept, everything else is removed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCAL = CHECKOUT / ".local"


@dataclass(frozen=True)
class RunDirectory:
    """Where one run writes: logs directly in it, the rest in `work`."""

    path: Path

    @property
    def work(self) -> Path:
        """Assembly and emulator state; removed when the run ends."""
        return self.path / "work"


@contextmanager
def run_directory(parent: Path, name: str, *, retain_logs: bool) -> Iterator[RunDirectory]:
    """An empty directory of that name; the logs of a failed run are kept in any case."""
    directory = RunDirectory(parent / name)
    shutil.rmtree(directory.path, ignore_errors=True)
    # What the emulator stores is in it, secrets too: nobody else may look.
    parent.mkdir(parents=True, exist_ok=True)
    directory.path.mkdir(mode=0o700)
    directory.work.mkdir(mode=0o700)
    try:
        yield directory
    except Exception:
        shutil.rmtree(directory.work, ignore_errors=True)
        raise
    except BaseException:
        shutil.rmtree(directory.work if retain_logs else directory.path, ignore_errors=True)
        raise
    shutil.rmtree(directory.work if retain_logs else directory.path, ignore_errors=True)
