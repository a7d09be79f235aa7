"""Finds a piece of source by its syntax tree, and puts another in its place."""

import ast
import copy
from collections.abc import Callable, Iterator
from functools import partial
from textwrap import dedent
from typing import Final

# Whether a name is read or written, and how a literal is spelt, makes no difference.
_NO_DIFFERENCE: Final = {"ctx", "kind", "type_comment"}

Put = Callable[[list[ast.AST]], None]
"""Puts nodes in the place of those that were found."""


def replace(tree: ast.AST, old: str, new: str) -> int:
    """Put `new` in the place of `old`; how often `old` was found. Only a single one is replaced.

    Raises:
        SyntaxError: `old` or `new` is no Python.
        IndexError: `new` has more `...` than `old`.
    """
    pattern, substitute = _parsed(old, new)
    places = list(_places(tree, pattern))
    if len(places) == 1:
        put, holes = places[0]
        put(_filled(substitute, holes))
    return len(places)


def _parsed(old: str, new: str) -> tuple[list[ast.AST], list[ast.AST]]:
    """Both as expressions, where both are one; else both as statements."""
    try:
        return [_expression(old)], [_expression(new)]
    except SyntaxError:
        return list(ast.parse(dedent(old)).body), list(ast.parse(dedent(new)).body)


def _expression(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _places(tree: ast.AST, pattern: list[ast.AST]) -> Iterator[tuple[Put, list[object]]]:
    """Where the pattern is, and what its holes stand for there."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for start in range(len(value) - len(pattern) + 1):
                    end = start + len(pattern)
                    holes: list[object] = []
                    if _same(pattern, value[start:end], holes):
                        yield partial(_put_items, value, start, end), holes
            else:
                holes = []
                if _same(pattern, [value], holes):
                    yield partial(_put_field, parent, field), holes


def _put_items(items: list[ast.AST], start: int, end: int, nodes: list[ast.AST]) -> None:
    items[start:end] = nodes or [ast.Pass()]


def _put_field(parent: ast.AST, field: str, nodes: list[ast.AST]) -> None:
    (node,) = nodes
    setattr(parent, field, node)


def _same(pattern: object, node: object, holes: list[object]) -> bool:
    if _is_hole(pattern):
        holes.append(node)
        return True
    if isinstance(pattern, list) and isinstance(node, list):
        if _is_body_hole(pattern):
            holes.append(node)
            return True
        pairs = zip(pattern, node, strict=False)
        return len(pattern) == len(node) and all(_same(p, n, holes) for p, n in pairs)
    if isinstance(pattern, ast.AST) and type(pattern) is type(node):
        fields = [field for field in pattern._fields if field not in _NO_DIFFERENCE]
        return all(
            _same(getattr(pattern, field, None), getattr(node, field, None), holes)
            for field in fields
        )
    return type(pattern) is type(node) and pattern == node


def _is_hole(node: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_body_hole(nodes: list[object]) -> bool:
    return len(nodes) == 1 and isinstance(nodes[0], ast.Expr) and _is_hole(nodes[0].value)


def _filled(nodes: list[ast.AST], holes: list[object]) -> list[ast.AST]:
    """A copy of the nodes in which each hole is what was found for it."""
    left = iter(holes)

    def fill(node: object) -> object:
        if _is_hole(node):
            return copy.deepcopy(_next(left))
        if isinstance(node, list):
            if _is_body_hole(node):
                return copy.deepcopy(_next(left))
            return [fill(item) for item in node]
        if isinstance(node, ast.AST):
            for field, value in ast.iter_fields(node):
                setattr(node, field, fill(value))
        return node

    filled = fill(copy.deepcopy(nodes))
    if not isinstance(filled, list):
        raise TypeError("a list of nodes became something else")
    return filled


def _next(left: Iterator[object]) -> object:
    for found in left:
        return found
    raise IndexError("there are more `...` than were found")
