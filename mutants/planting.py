"""Plants a seeded fault: finds the source it names, wherever that stands, and changes it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mutants.patterns import replace
from mutants.seeded_fault import SeededFault

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class PlantError(Exception):
    """The fault cannot be planted as it is written: the source has changed, or the fault is wrong.

    The message says which of its parts is not found, or is found more than once.
    """


@dataclass(frozen=True, slots=True)
class Planted:
    """A source file with a fault in it.

    Attributes:
        path: the file, from the root of the repository.
        text: what it then holds.
    """

    path: str
    text: str


def plant(fault: SeededFault, root: Path) -> Planted:
    """The source of `root` with this fault.

    Raises:
        PlantError: its place, or its pattern there, is not found exactly once.
    """
    path = _file_of(fault, root)
    tree = ast.parse((root / path).read_text())
    (place,) = (node for name, node in _named(path, tree) if _ends(name, fault.where))
    before = ast.unparse(tree)
    try:
        times = replace(place, fault.old, fault.new)
    except (SyntaxError, IndexError) as error:
        raise PlantError(f"{fault.name}: {error}") from None
    if times != 1:
        raise PlantError(f"{fault.name}: found {times} times in {fault.where}: {fault.old}")
    text = ast.unparse(ast.fix_missing_locations(tree))
    if text == before:
        raise PlantError(f"{fault.name}: it changes nothing")
    compile(text, path, "exec")
    return Planted(path, text)


def _file_of(fault: SeededFault, root: Path) -> str:
    files = [path for path, name in _names(root) if _ends(name, fault.where)]
    if len(files) != 1:
        raise PlantError(f"{fault.name}: {fault.where} is found {len(files)} times: {files}")
    return files[0]


@cache
def _names(root: Path) -> list[tuple[str, str]]:
    """Every file of `functions/` with each dotted name in it."""
    paths = [str(path.relative_to(root)) for path in sorted((root / "functions").rglob("*.py"))]
    return [
        (path, name)
        for path in paths
        for name, _ in _named(path, ast.parse((root / path).read_text()))
    ]


def _named(path: str, tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every name of a module and its part of the tree: its own, and each definition's."""
    module = path.removeprefix("functions/").removesuffix(".py").removesuffix("/__init__")
    yield module.replace("/", "."), tree
    yield from _definitions(module.replace("/", "."), tree)


def _definitions(prefix: str, tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _Definition):
            yield f"{prefix}.{node.name}", node
            yield from _definitions(f"{prefix}.{node.name}", node)


def _ends(name: str, where: str) -> bool:
    return f".{name}".endswith(f".{where}")
