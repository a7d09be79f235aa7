"""The table double does what moto's DynamoDB does, whatever is asked in whatever order."""

import json
from datetime import timedelta
from typing import Any, Final, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.ports import Ledger, LedgerUnavailableError, ResultRefusedError
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.doubles.table import TABLE, TableDouble
from tests.samples import NOON, claim, completed, failed, seconds, unknown
from tests.tables import create_table

IDS: Final = ("0" * 32, "f" * 32)
RESULTS: Final = {"completed": completed, "failed": failed, "unknown": unknown}
STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(["claim", "again", "reclaim", *RESULTS, "get", "overdue"]),
        st.sampled_from(IDS),
        st.sampled_from([0, 1, 30, 61, 3600, 86_399, 86_400]),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=14,
)


class Run:
    """One ledger taken through a list of steps."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.claims: dict[str, list[Verification]] = {one: [] for one in IDS}
        self.now = NOON

    def take(self, what: str, key: str, wait: int, which: int) -> object:
        self.now += timedelta(seconds=wait)
        try:
            return self._do(what, key, which)
        except (ResultRefusedError, LedgerUnavailableError) as error:
            return type(error).__name__

    def _do(self, what: str, key: str, which: int) -> object:
        made = self.claims[key]
        if what == "overdue":
            found = self.ledger.overdue(self.now)
            return sorted((one.verification_id, one.attempt) for one in found if one)
        if what == "get":
            return self.ledger.get(key)
        if what == "claim" or not made:
            made.append(claim(key, at=self.now, claim_id=f"{key}-{len(made)}"))
            return self.ledger.claim(made[-1])
        chosen = made[min(which, len(made) - 1)]
        if what == "again":
            return self.ledger.claim(chosen)
        if what == "reclaim":
            return self._reclaim(key, made)
        return self.ledger.store(RESULTS[what](chosen, at=self.now))

    def _reclaim(self, key: str, made: list[Verification]) -> Verification | None:
        standing = self.ledger.get(key) or made[-1]
        new = claim(key, at=self.now + seconds(1), claim_id=f"{key}-{len(made)}")
        taken = self.ledger.reclaim(standing, new)
        if taken is not None:
            made.append(taken)
        return taken


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_double_is_exact(aws: AwsEndpoint, steps: list[tuple[Any, ...]]) -> None:
    client = aws.client("dynamodb")
    name = create_table(client)
    double = DynamoDBLedger(cast("Any", TableDouble()), TABLE)
    real, doubled = Run(DynamoDBLedger(client, name)), Run(double)
    for step in steps:
        assert real.take(*step) == doubled.take(*step), json.dumps(steps)
    client.delete_table(TableName=name)
