"""Powertools' store over DynamoDB, and the double that stands in for it in other tests."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, CircuitState

from liveness_gateway.adapters.upstream.breaker import BreakerStore, CountingBreakerStore
from tests.adapters.aws_endpoint import CUT, DENIED, ONCE, SERVER_ERROR, AwsEndpoint, Fault
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.tables import create_breaker

NAME = "upstream"


def story(one: BreakerStore, other: BreakerStore, now: int) -> list[Any]:
    """Two environments share one circuit; what each of them sees."""
    seen: list[Any] = [seen_by(one)]
    one.save_open(NAME, failure_count=5, opened_at=now - 30)
    seen += [seen_by(one), seen_by(other)]
    seen += [one.try_acquire_half_open(NAME, "one", opened_at) for opened_at in (now, now - 30)]
    seen += [other.try_acquire_half_open(NAME, "other", now - 30)]
    seen += [seen_by(one), seen_by(other)]
    one.save_reopen(NAME, opened_at=now)
    seen += [seen_by(one), other.try_acquire_half_open(NAME, "other", now)]
    other.save_closed(NAME)
    return [*seen, seen_by(one), seen_by(other)]


def seen_by(store: BreakerStore) -> tuple[CircuitState, int | None, bool]:
    record = store.get_state(NAME)
    return record.state, record.opened_at, record.probe_lease_expiry is not None


def test_the_double_tells_the_same_story(aws: AwsEndpoint, table_name: str) -> None:
    telemetry, clock = RecordingTelemetry(), ManualClock()
    real = [CountingBreakerStore(table_name, aws.client("dynamodb"), telemetry) for _ in range(2)]
    for store in real:
        # No time passes for the double either, however slow this machine is.
        store.configure(CircuitBreakerConfig(recovery_timeout=30, local_cache_max_age=3600), NAME)
    table = BreakerTableDouble(clock)
    double = [table.store(telemetry) for _ in range(2)]
    told = story(double[0], double[1], int(clock.time_of_day.timestamp()))
    now = int(time.time())
    shift = now - int(clock.time_of_day.timestamp())
    expected = story(real[0], real[1], now)
    assert [_earlier(one, shift) for one in expected] == told


def _earlier(seen: Any, shift: int) -> Any:  # noqa: ANN401 - a record or an election
    if isinstance(seen, bool) or seen[1] is None:
        return seen
    return seen[0], seen[1] - shift, seen[2]


@pytest.fixture
def table_name(aws: AwsEndpoint) -> str:
    name = f"breaker-{uuid.uuid4().hex}"
    create_breaker(aws.client("dynamodb"), name)
    return name


def test_one_of_many_at_once_is_the_probe(aws: AwsEndpoint, table_name: str) -> None:
    stores = [
        CountingBreakerStore(table_name, aws.client("dynamodb"), RecordingTelemetry())
        for _ in range(10)
    ]
    opened_at = int(time.time()) - 31
    stores[0].save_open(NAME, failure_count=5, opened_at=opened_at)
    barrier = Barrier(10)

    def elected(store: BreakerStore) -> bool:
        barrier.wait()
        return store.try_acquire_half_open(NAME, uuid.uuid4().hex, opened_at)

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(elected, stores)).count(True) == 1


@pytest.mark.parametrize("fault", [SERVER_ERROR, DENIED, CUT])
def test_a_read_that_fails_shows_a_closed_circuit_and_is_counted(
    aws: AwsEndpoint, table_name: str, fault: Fault
) -> None:
    telemetry = RecordingTelemetry()
    store = CountingBreakerStore(table_name, aws.client("dynamodb", ONCE), telemetry)
    store.save_open(NAME, failure_count=5, opened_at=int(time.time()))
    aws.fail("GetItem", fault)
    fresh = CountingBreakerStore(table_name, aws.client("dynamodb", ONCE), telemetry)
    assert seen_by(fresh)[0] is CircuitState.CLOSED
    assert telemetry.counts == {"breaker_store_failed": 1}


def test_a_record_that_cannot_be_read_is_no_open_circuit(aws: AwsEndpoint, table_name: str) -> None:
    client = aws.client("dynamodb")
    client.put_item(TableName=table_name, Item={"id": {"S": NAME}, "state": {"S": "AJAR"}})
    store = CountingBreakerStore(table_name, client, RecordingTelemetry())
    assert seen_by(store)[0] is CircuitState.CLOSED


def test_the_circuit_is_one_item_that_deletes_itself(aws: AwsEndpoint, table_name: str) -> None:
    client, now = aws.client("dynamodb"), int(time.time())
    store = CountingBreakerStore(table_name, client, RecordingTelemetry())
    store.save_open(NAME, failure_count=5, opened_at=now)
    (item,) = client.scan(TableName=table_name)["Items"]
    assert item["state"]["S"] == str(CircuitState.OPEN)
    assert int(item["expiration"]["N"]) > now + 3600
