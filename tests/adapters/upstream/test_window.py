"""The breaker's window counts the failures of every environment together."""

import uuid
from typing import TYPE_CHECKING

import pytest

from liveness_gateway.adapters.upstream.window import LocalWindow, SharedWindow
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.tables import create_breaker

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def client(aws: AwsEndpoint) -> "DynamoDBClient":
    made: DynamoDBClient = aws.client("dynamodb")
    return made


@pytest.fixture
def table(client: "DynamoDBClient") -> str:
    name = f"breaker-{uuid.uuid4().hex}"
    create_breaker(client, name)
    return name


class Environments:
    """Several execution environments before one table."""

    def __init__(self, client: "DynamoDBClient", table: str, count: int) -> None:
        self.clock, self.telemetry = ManualClock(), RecordingTelemetry()
        self.windows = [
            SharedWindow(client, table, self.clock, self.telemetry) for _ in range(count)
        ]


def test_failures_of_different_environments_add_up(client: "DynamoDBClient", table: str) -> None:
    environments = Environments(client, table, 5)
    counted = [window.add(success=False) for window in environments.windows]
    assert counted == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]


def test_a_failure_brings_the_calls_made_beside_it(client: "DynamoDBClient", table: str) -> None:
    one, other = Environments(client, table, 2).windows
    for _ in range(9):
        one.add(success=True)
    assert one.add(success=False) == (1, 10)
    assert other.add(success=False) == (2, 11)
    # What was brought once is not brought again.
    assert one.add(success=False) == (3, 12)


def test_successes_alone_write_nothing(client: "DynamoDBClient", table: str) -> None:
    (window,) = Environments(client, table, 1).windows
    assert [window.add(success=True) for _ in range(3)][-1] == (0, 3)
    assert client.scan(TableName=table)["Count"] == 0


def test_after_thirty_seconds_it_begins_anew(client: "DynamoDBClient", table: str) -> None:
    environments = Environments(client, table, 2)
    one, other = environments.windows
    one.add(success=False)
    one.clear()
    environments.clock.advance(29)
    assert other.add(success=False) == (2, 2)
    environments.clock.advance(1)
    assert one.add(success=False) == (1, 1)
    (item,) = client.scan(TableName=table)["Items"]
    assert int(item["expiration"]["N"]) > int(item["began"]["N"])


def test_when_its_table_fails_calls_go_on_and_it_is_counted(
    client: "DynamoDBClient", table: str
) -> None:
    environments = Environments(client, f"{table}-gone", 1)
    assert environments.windows[0].add(success=False) == (0, 1)
    assert environments.telemetry.counts["breaker_store_failed"] == 1


def test_many_calls_do_not_pile_up_in_memory() -> None:
    clock = ManualClock()
    window, calls = LocalWindow(clock), 0
    for _ in range(1000):
        _, calls = window.add(success=True)
        clock.advance(0.1)
    assert calls == 301
