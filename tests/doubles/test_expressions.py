"""The table of these tests does what the faithful fake does, and so what DynamoDB does.

`tests/adapters/test_ledger_model.py` compares the same fake with DynamoDB's own emulation.
"""

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from tests.adapters.test_ledger_model import STEPS, Run
from tests.fakes import FakeLedger
from tests.invariants.expressions import ExpressionError, condition, updated
from tests.invariants.history import History
from tests.invariants.processes import Steering
from tests.invariants.table import TABLE, TableDouble


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(steps=STEPS)
def test_the_double_is_exact(steps: list[tuple[Any, ...]]) -> None:
    double = TableDouble(Steering(), History())
    real, fake = Run(DynamoDBLedger(cast("Any", double), TABLE)), Run(FakeLedger())
    for step in steps:
        assert real.take(*step) == fake.take(*step), json.dumps(steps)


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
