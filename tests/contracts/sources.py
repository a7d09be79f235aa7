"""The source of the functions as syntax trees: what they read, count and log."""

import ast
from collections.abc import Iterator
from functools import cache

from tools.contracts import ROOT


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
        if isinstance(node, ast.Call) and _is_named(node.func, name, on):
            yield node


def _is_named(function: ast.expr, name: str, on: str) -> bool:
    if on:
        return (
            isinstance(function, ast.Attribute)
            and function.attr == name
            and ast.unparse(function.value).endswith(on)
        )
    return isinstance(function, ast.Name) and function.id == name


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string constant in a piece of source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
