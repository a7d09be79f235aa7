"""Threads against one item: DynamoDB lets one of them win."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.verifications.model import Verification
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.samples import claim, failed

RUNNERS = 12


@pytest.fixture
def ledgers(aws: AwsEndpoint, table_name: str) -> list[DynamoDBLedger]:
    """One each: a function's copies share nothing but the table."""
    return [DynamoDBLedger(aws.new_client("dynamodb"), table_name) for _ in range(RUNNERS)]


def at_once(calls: list[Callable[[], Verification | None]]) -> list[Verification | None]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Verification | None]) -> Verification | None:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_claim_wins_and_all_others_see_it(ledgers: list[DynamoDBLedger]) -> None:
    first = claim()
    claims = [claim(first.verification_id) for _ in ledgers]
    standing = at_once([partial(it.claim, one) for it, one in zip(ledgers, claims, strict=True)])
    assert standing.count(None) == 1
    winner = claims[standing.index(None)]
    assert [one for one in standing if one is not None] == [winner] * (RUNNERS - 1)


def test_one_gets_the_next_attempt(ledgers: list[DynamoDBLedger]) -> None:
    first = claim()
    ledgers[0].claim(first)
    after = ledgers[0].store(failed(first))
    taken = at_once([partial(it.reclaim, after, claim(first.verification_id)) for it in ledgers])
    assert taken.count(None) == RUNNERS - 1
    assert [one.attempt for one in taken if one] == [2]
