"""A CPython in Node that compiles bytecode: Pyodide, one of the Node packages (ADR 0013)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "node_modules" / "pyodide" / "package.json"
_PROGRAM = Path(__file__).with_name("compile.mjs")
_NODE = Path(sys.prefix) / "bin" / "node"


@dataclass(frozen=True, slots=True)
class Pyodide:
    """Implements `Compiler`."""

    version: str
    release: str

    def __str__(self) -> str:
        return f"Python {self.version} in Node (Pyodide {self.release})"

    def compile_tree(self, root: Path) -> None:
        """See the protocol."""
        subprocess.run([_NODE, _PROGRAM, root], cwd=_ROOT, check=True)  # noqa: S603 - no shell, and all paths are ours


def find_pyodide(version: str) -> Pyodide | None:
    """The Pyodide that is installed, if it is a Python of exactly this `major.minor`.

    Its releases begin with the version of Python: 314.0.7 is a Python 3.14.
    """
    if not (_PACKAGE.is_file() and _NODE.is_file()):
        return None
    release = str(json.loads(_PACKAGE.read_text())["version"])
    if release.partition(".")[0] != version.replace(".", ""):
        return None
    return Pyodide(version, release)
