"""DynamoDB's expressions, and what this evaluator refuses to guess."""

import pytest

from tests.doubles.expressions import ExpressionError, condition, updated

ONE = {":one": {"N": "1"}, ":a": {"S": "a"}}


@pytest.mark.parametrize(
    ("expression", "met"),
    [
        ("n = :one", True),
        ("n < :one", False),
        ("n <= :one AND s = :a", True),
        ("n > :one OR s = :a", True),
        ("n = :one AND (s > :a OR n >= :one)", True),
        # AND binds tighter than OR.
        ("n = :one OR s = :a AND n > :one", True),
        ("(n = :one OR s = :a) AND n > :one", False),
        ("attribute_not_exists(#x)", True),
        ("attribute_not_exists(n)", False),
        # What is missing or of another type compares as false.
        ("x = :one", False),
        ("s > :one", False),
    ],
)
def test_conditions(expression: str, met: bool) -> None:  # noqa: FBT001 - the table says which
    item = {"n": {"N": "1.0"}, "s": {"S": "a"}}
    assert condition(expression)(item, {"#x": "x"}, ONE) is met


@pytest.mark.parametrize("expression", ["", "n ~ :one", "(n = :one", "n = :one :a"])
def test_what_is_not_understood_is_an_error(expression: str) -> None:
    with pytest.raises((ExpressionError, IndexError)):
        condition(expression)
    with pytest.raises(ExpressionError):
        updated({}, "SET n = if_not_exists(n, :one)", {}, ONE)


def test_updates() -> None:
    item = {"n": {"N": "1"}, "s": {"S": "a"}, "old": {"S": "x"}}
    after = updated(item, "SET n = n + :one, #t = :a REMOVE old, #s", {"#t": "t", "#s": "s"}, ONE)
    assert after == {"n": {"N": "2"}, "t": {"S": "a"}}
