"""A CPython of this machine that compiles bytecode."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

_LAMBDA_ROOT = "/var/task"
_ASK_VERSION = (
    "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2],"
    " sys.implementation.cache_tag)"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Implements `Compiler`."""

    version: str
    path: Path

    def __str__(self) -> str:
        return f"Python {self.version} of this machine"

    def compile_tree(self, root: Path) -> None:
        """See the protocol."""
        subprocess.run(  # noqa: S603 - no shell, and both paths are ours
            [
                self.path,
                *("-I", "-m", "compileall", "-q", "-f"),
                *("--invalidation-mode", "unchecked-hash"),
                *("-s", root, "-p", _LAMBDA_ROOT),
                root,
            ],
            check=True,
        )


@cache
def find_interpreter(version: str) -> Interpreter | None:
    """Find a CPython of exactly this `major.minor` on this machine; None if there is none.

    Tries the running interpreter, `pythonX.Y` in each directory of PATH, and those that uv finds.
    Downloads nothing.
    """
    for candidate in _candidates(version):
        if _is_cpython(candidate, version):
            return Interpreter(version, candidate)
    return None


def _candidates(version: str) -> list[Path]:
    found = [Path(sys.executable)]
    found.extend(
        Path(name)
        for directory in os.get_exec_path()
        if (name := shutil.which(f"python{version}", path=directory))
    )
    found_by_uv = subprocess.run(  # noqa: S603 - no shell; the path is from uv's own package
        [find_uv_bin(), "python", "find", "--no-python-downloads", "--no-project", version],
        capture_output=True,
        text=True,
        check=False,
    )
    if found_by_uv.returncode == 0:
        found.append(Path(found_by_uv.stdout.strip()))
    return found


def _is_cpython(candidate: Path, version: str) -> bool:
    # A file with the right name may be a launcher of a version that is not installed.
    reply = subprocess.run(  # noqa: S603 - no shell; a Python from PATH
        [candidate, "-I", "-c", _ASK_VERSION], capture_output=True, text=True, check=False
    )
    tag = f"cpython-{version.replace('.', '')}"
    return reply.returncode == 0 and reply.stdout.split() == ["cpython", version, tag]
