"""Compiled bytecode: without it a function compiles its libraries at every cold start."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from uv import find_uv_bin

_LAMBDA_ROOT = "/var/task"
_ASK_VERSION = (
    "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2],"
    " sys.implementation.cache_tag)"
)


@cache
def find_interpreter(version: str) -> Path | None:
    """Find a CPython of exactly this `major.minor` on this machine; None if there is none.

    Looks at the running interpreter, at `pythonX.Y` in each directory of PATH, and at those uv
    knows. Downloads nothing.
    """
    for candidate in _candidates(version):
        if _speaks(candidate, version):
            return candidate
    return None


def compile_tree(interpreter: Path, root: Path) -> None:
    """Compile every module under `root`, so that Lambda loads it without looking at the source.

    The bytecode depends on nothing but source and interpreter: no times, and Lambda's paths
    instead of this machine's, so that the same input gives the same zip.

    Raises:
        subprocess.CalledProcessError: a module does not compile; its output says which.
    """
    subprocess.run(  # noqa: S603 - no shell; both paths are our own
        [
            interpreter,
            *("-I", "-m", "compileall", "-q", "-f"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", root, "-p", _LAMBDA_ROOT),
            root,
        ],
        check=True,
    )


def _candidates(version: str) -> list[Path]:
    found = [Path(sys.executable)]
    found.extend(
        Path(name)
        for directory in os.get_exec_path()
        if (name := shutil.which(f"python{version}", path=directory))
    )
    answer = subprocess.run(  # noqa: S603 - no shell; uv's own package says where it is
        [find_uv_bin(), "python", "find", "--no-python-downloads", "--no-project", version],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0:
        found.append(Path(answer.stdout.strip()))
    return found


def _speaks(candidate: Path, version: str) -> bool:
    # A file of the right name may be a launcher for a version that is not installed.
    answer = subprocess.run(  # noqa: S603 - no shell; a Python from PATH
        [candidate, "-I", "-c", _ASK_VERSION], capture_output=True, text=True, check=False
    )
    tag = f"cpython-{version.replace('.', '')}"
    return answer.returncode == 0 and answer.stdout.split() == ["cpython", version, tag]
