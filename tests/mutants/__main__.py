"""Tests the tests: applies seeded faults to copies of our own code; each must be noticed.

`make mutants`. The checkout itself is never changed. A fault is one exact replacement in one file;
a text that is not found exactly once is an error, so that the list cannot rot unseen.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.mutants.faults import FAULTS, SeededFault
from tests.mutants.races import RACES

SEEDED = FAULTS + RACES
ROOT = Path(__file__).parents[2]
_COPIED = (
    "functions",
    "tests",
    "tools",
    "local",
    "sandbox",
    "cli",
    "infra",
    "contracts",
    "docs",
    "pyproject.toml",
)
_PACKAGE = "functions/liveness_gateway"
_WORKERS = 2
_SECONDS = 240
_PYTEST = (sys.executable, "-B", "-m", "pytest", "-x", "-q")
# pytest's own words: 1 is a test that failed, everything else is a run that did not happen.
_FAILED = 1


@dataclass(frozen=True)
class Verdict:
    """What the tests said of one fault."""

    fault: SeededFault
    killed: bool
    by: str


class Copy:
    """A copy of the tree in which one fault at a time is planted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copyfile(source, folder / name)

    def judge(self, fault: SeededFault) -> Verdict:
        """Run the tests that should notice the fault."""
        with self._planted(fault):
            done = self.run(fault.tests)
        # An invariant that is broken when a test is over is an ERROR of its fixture.
        noticed = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", done.stdout, re.MULTILINE)
        by = noticed[1] if noticed else done.stdout[-300:]
        return Verdict(fault, done.returncode == _FAILED and noticed is not None, by)

    def run(self, tests: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        """Run tests in the copy."""
        command = [*_PYTEST, "-p", "no:cacheprovider", "--timeout=60"]
        return subprocess.run(  # noqa: S603 - our own tests
            [*command, *tests],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    @contextmanager
    def _planted(self, fault: SeededFault) -> Iterator[None]:
        file = self._folder / _PACKAGE / fault.file
        whole = file.read_text()
        file.write_text(whole.replace(fault.old, fault.new))
        try:
            yield
        finally:
            file.write_text(whole)


def judge_all(folder: Path, progress: Progress) -> list[Verdict]:
    """Judge every fault, in as many copies as there are workers."""
    task = progress.add_task("seeded faults", total=len(SEEDED))
    free: SimpleQueue[Copy] = SimpleQueue()
    for number in range(_WORKERS):
        free.put(Copy(folder / str(number)))

    def judge(fault: SeededFault) -> Verdict:
        copy = free.get()
        try:
            return copy.judge(fault)
        finally:
            free.put(copy)
            progress.advance(task)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(judge, SEEDED))


def rotten() -> list[str]:
    """The faults that cannot be planted: the code they replace has changed."""
    return [
        f"{fault.name}: its text is not found exactly once in {fault.file}"
        for fault in SEEDED
        if (ROOT / _PACKAGE / fault.file).read_text().count(fault.old) != 1
    ]


def sound(folder: Path) -> bool:
    """Whether the tests pass while nothing is wrong: else they prove nothing."""
    tests = tuple(sorted({test for fault in SEEDED for test in fault.tests}))
    done = Copy(folder / "sound").run((*tests, "-n", str(_WORKERS)))
    if done.returncode:
        print(done.stdout[-3000:], file=sys.stderr)
    return done.returncode == 0


def main() -> int:
    """0 when every fault was noticed, 1 when one survived or the tests fail without any."""
    if faults := rotten():
        print("\n".join(faults), file=sys.stderr)
        return 1
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as name, Progress(console=console) as progress:
        if not sound(Path(name)):
            print("The tests fail without any fault: mend that first.", file=sys.stderr)
            return 1
        verdicts = judge_all(Path(name), progress)
    table = Table("invariant", "seeded fault", "", "noticed by")
    for verdict in verdicts:
        word = "killed" if verdict.killed else "SURVIVED"
        table.add_row(verdict.fault.invariant, verdict.fault.name, word, verdict.by)
    Console(width=160).print(table)
    survivors = [verdict for verdict in verdicts if not verdict.killed]
    print(f"{len(verdicts) - len(survivors)} of {len(verdicts)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
