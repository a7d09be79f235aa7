"""The repository's files, and the functions' source as syntax trees: what is read and counted."""

import ast
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from tools.contracts import ROOT

FUNCTIONS: Final = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def read(path: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text()


OPENAPI: Final[dict[str, Any]] = json.loads(read("contracts/openapi.json"))


@cache
def functions_sources() -> dict[str, ast.Module]:
    """Every module of `functions/`, by its path in the repository."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text())
        for path in sorted((ROOT / "functions").rglob("*.py"))
    }


def calls_in(tree: ast.AST, name: str, *, on: str = "") -> Iterator[ast.Call]:
    """Every call of `name(...)`, or of `<on>.name(...)` where `on` ends the receiver's text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            receiver, dot, called = ast.unparse(node.func).rpartition(".")
            if called == name and bool(dot) is bool(on) and receiver.endswith(on):
                yield node


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string constant in a piece of source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
