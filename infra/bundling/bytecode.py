"""Compiled bytecode, so that a function does not compile its libraries at each cold start."""

from pathlib import Path
from typing import Protocol

from infra.bundling.interpreter import find_interpreter
from infra.bundling.pyodide import find_pyodide


class Compiler(Protocol):
    """Compiles to the bytecode of one version of Python; its `str` says in words what it is."""

    def compile_tree(self, root: Path) -> None:
        """Compile every module under `root` so that Lambda loads it without checking the source.

        The bytecode depends only on the source and the version: it holds no times, and Lambda's
        paths instead of this machine's. So the same input gives the same zip.

        Raises:
            subprocess.CalledProcessError: a module does not compile; Python's output names it.
        """
        ...


def find_compiler(version: str) -> Compiler | None:
    """A compiler to the bytecode of exactly this `major.minor`; None if there is none.

    The machine's own Python is quicker; the one in Node is always there for the version that is
    deployed. Downloads nothing.
    """
    return find_interpreter(version) or find_pyodide(version)


def without(version: str) -> str:
    """What is wrong where there is no compiler, and what to do."""
    return (
        f"Nothing here compiles to the bytecode of Python {version}: without it the functions start"
        " about three times slower. To install a Python that does:"
        f" .venv/bin/uv python install {version}"
    )
