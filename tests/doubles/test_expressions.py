"""What the evaluator of DynamoDB's expressions refuses to guess.

That it evaluates the others as DynamoDB does is in `tests/adapters/dynamodb`: the ledger's tests
run on this table and on the real client's.
"""

import pytest

from tests.doubles.expressions import ExpressionError, condition, updated

ONE = {":one": {"N": "1"}, ":a": {"S": "a"}}


@pytest.mark.parametrize("expression", ["", "n ~ :one", "(n = :one", "n = :one :a"])
def test_what_is_not_understood_is_an_error(expression: str) -> None:
    with pytest.raises((ExpressionError, IndexError)):
        condition(expression)
    with pytest.raises(ExpressionError):
        updated({}, "SET n = if_not_exists(n, :one)", {}, ONE)
