"""DynamoDB's condition and update expressions, evaluated on an item in memory.

What the adapter sends is what is evaluated here, so a condition it forgets is forgotten here too.
Only what DynamoDB defines and the adapter uses; anything else is an error, never a guess.
"""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

Item = dict[str, Any]
Names = Mapping[str, str]
Values = Mapping[str, Any]
Condition = Callable[[Item, Names, Values], bool]

_TOKEN: Final = re.compile(r"\s*(<=|>=|<>|[()=<>,+]|[#:]?\w+)")
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SET: Final = re.compile(r"([#\w]+) = (?:([#\w]+) \+ )?(:\w+)")


class ExpressionError(Exception):
    """DynamoDB would answer ValidationException, or this module cannot say what it would do."""


@lru_cache
def condition(expression: str) -> Condition:
    """The condition as a function of the item (`{}` where there is none), names and values."""
    tokens = _tokens(expression)
    parsed = _or(tokens)
    if tokens:
        raise ExpressionError(f"not understood: {tokens}")
    return parsed


def updated(item: Item, expression: str, names: Names, values: Values) -> Item:
    """The item after an update: `SET` of values and counters, `REMOVE` of attributes."""
    assignments, _, removed = expression.removeprefix("SET ").partition(" REMOVE ")
    after = dict(item)
    for clause in assignments.split(", "):
        match = _SET.fullmatch(clause)
        if match is None:
            raise ExpressionError(f"not understood: {clause}")
        target, counter, value = match.groups()
        after[_name(target, names)] = (
            values[value]
            if counter is None
            else {"N": str(Decimal(item[_name(counter, names)]["N"]) + Decimal(values[value]["N"]))}
        )
    for target in filter(None, removed.split(", ")):
        after.pop(_name(target, names), None)
    return after


def _tokens(expression: str) -> list[str]:
    found = [match[1] for match in _TOKEN.finditer(expression)]
    if "".join(found) != re.sub(r"\s", "", expression):
        raise ExpressionError(f"not understood: {expression}")
    return found


def _or(tokens: list[str]) -> Condition:
    parts = [_and(tokens)]
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        parts.append(_and(tokens))
    return parts[0] if len(parts) == 1 else lambda *on: any(part(*on) for part in parts)


def _and(tokens: list[str]) -> Condition:
    parts = [_unit(tokens)]
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        parts.append(_unit(tokens))
    return parts[0] if len(parts) == 1 else lambda *on: all(part(*on) for part in parts)


def _unit(tokens: list[str]) -> Condition:
    first = tokens.pop(0)
    if first == "(":
        inner = _or(tokens)
        _expect(tokens, ")")
        return inner
    if first == "attribute_not_exists":
        _expect(tokens, "(")
        name = tokens.pop(0)
        _expect(tokens, ")")
        return lambda item, names, _: _name(name, names) not in item
    comparison, value = tokens.pop(0), tokens.pop(0)
    compare = _COMPARE[comparison]
    return lambda item, names, values: _compared(
        compare, item.get(_name(first, names)), values[value]
    )


def _expect(tokens: list[str], token: str) -> None:
    if tokens.pop(0) != token:
        raise ExpressionError(f"{token} is missing")


def _name(name: str, names: Names) -> str:
    return names[name] if name.startswith("#") else name


def _compared(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:  # noqa: ANN401 - DynamoDB's typed values
    # A missing attribute, and one of another type, compare as false.
    if one is None or one.keys() != other.keys():
        return False
    ((kind, left),), ((_, right),) = one.items(), other.items()
    return compare(Decimal(left), Decimal(right)) if kind == "N" else compare(left, right)
