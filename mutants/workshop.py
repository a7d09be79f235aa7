"""A copy of the repository in which one fault at a time is planted and the tests are run."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mutants.planting import plant
from mutants.seeded_fault import SeededFault

_COPIED: Final = (
    "functions", "tests", "tools", "local", "loopback", "sandbox", "cli", "infra", "contracts",
    "docs", "app.py", "README.md", "Makefile", "pyproject.toml",
)  # fmt: skip
_PYTEST: Final = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--timeout=60")
_SECONDS: Final = 300
# pytest's own numbers; every other one says that the tests did not run.
_PASSED: Final = 0
_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said of one fault.

    Attributes:
        word: `killed` when a test failed, `SURVIVED` when none did, else `NOT RUN`.
        by: the test that failed, or the end of the output.
        seconds: how long that took.
    """

    fault: SeededFault
    word: str
    by: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether a test noticed the fault."""
        return self.word == "killed"


class Workshop:
    """One copy, below `folder`."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._folder = folder
        for name in _COPIED:
            source = root / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copyfile(source, folder / name)

    def judge(self, fault: SeededFault) -> Verdict:
        """Plant the fault and run the tests that should notice it.

        Raises:
            PlantError: it cannot be planted.
        """
        started = time.monotonic()
        with self._planted(fault):
            done = self.run(*files_of(fault, self._folder))
        # An invariant that is broken when a test is over is an ERROR of its fixture.
        noticed = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", done.stdout, re.MULTILINE)
        seconds = time.monotonic() - started
        if done.returncode == _FAILED and noticed:
            return Verdict(fault, "killed", noticed[1], seconds)
        word = "SURVIVED" if done.returncode == _PASSED else "NOT RUN"
        return Verdict(fault, word, (done.stdout + done.stderr)[-300:], seconds)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pytest in the copy."""
        paths = os.pathsep.join([str(self._folder / "functions"), str(self._folder)])
        return subprocess.run(  # noqa: S603 - our own tests
            [sys.executable, *_PYTEST, *arguments],
            cwd=self._folder,
            env=os.environ | {"PYTHONPATH": paths},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    @contextmanager
    def _planted(self, fault: SeededFault) -> Iterator[None]:
        planted = plant(fault, self._folder)
        file = self._folder / planted.path
        sound = file.read_text()
        _write(file, planted.text)
        try:
            yield
        finally:
            _write(file, sound)


def files_of(fault: SeededFault, root: Path) -> list[str]:
    """The folders and files of the fault's killers, in their order."""
    return [
        str(path.relative_to(root))
        for pattern in fault.killers
        for path in sorted(root.glob(pattern))
    ]


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    # Python compares whole seconds and sizes: what it compiled before might pass for this text.
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
