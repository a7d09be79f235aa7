"""Sizes and names of source files: small files, small functions, modules named after their subject.

Which folder may import which is import-linter's: see `pyproject.toml`.
"""

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tools.contracts import ROOT

FOLDERS: Final = ("cli", "functions", "infra", "local", "mutants", "sandbox", "tools", "tests")
LONGEST_FILE: Final = 250
MEDIAN_FILE: Final = 80
LONGEST_FUNCTION: Final = 40
# These names say nothing about what is inside.
NAMELESS: Final = {"utils", "helpers", "common", "constants"}


@cache
def sources() -> dict[str, str]:
    """The text of every Python, JavaScript and CSS file of ours, by its path."""
    paths = [ROOT / "app.py", *_below(*FOLDERS)]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def _below(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".js", ".mjs", ".cjs", ".css"}:
                yield path


def lines(text: str) -> int:
    return len(text.splitlines())


def functions(path: str) -> Iterator[tuple[str, int]]:
    """Each function of a module with its number of lines, decorators left out."""
    for node in ast.walk(ast.parse(sources()[path])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_the_sources_are_found() -> None:
    assert len(sources()) > 100
    assert {path.partition("/")[0] for path in sources()} == {"app.py", *FOLDERS}


def test_no_file_is_long() -> None:
    long = {path: lines(text) for path, text in sources().items() if lines(text) > LONGEST_FILE}
    assert long == {}, f"files of more than {LONGEST_FILE} lines"


def test_the_median_file_is_short() -> None:
    assert statistics.median(map(lines, sources().values())) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    python = [path for path in sources() if path.endswith(".py")]
    measured = dict(pair for path in python for pair in functions(path))
    assert len(measured) > len(python)
    long = {name: size for name, size in measured.items() if size > LONGEST_FUNCTION}
    assert long == {}, f"functions of more than {LONGEST_FUNCTION} lines"


def test_every_module_is_named_after_its_subject() -> None:
    parts = {part for path in sources() for part in Path(path).with_suffix("").parts}
    assert parts & NAMELESS == set()
