"""The breaker's table: Powertools' store, its double, and the window all environments share."""

import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, CircuitState

from liveness_gateway.adapters.upstream.breaker import BreakerStore, CountingBreakerStore
from liveness_gateway.adapters.upstream.window import LocalWindow, SharedWindow
from tests.adapters.aws_endpoint import CUT, DENIED, ONCE, SERVER_ERROR, AwsEndpoint, Fault
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.tables import create_short_lived

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NAME = "upstream"


@pytest.fixture
def client(aws: AwsEndpoint) -> "DynamoDBClient":
    made: DynamoDBClient = aws.client("dynamodb")
    return made


@pytest.fixture
def table_name(client: "DynamoDBClient") -> str:
    name = f"breaker-{uuid.uuid4().hex}"
    create_short_lived(client, name)
    return name


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


def two_windows(
    client: "DynamoDBClient", table_name: str, clock: ManualClock
) -> tuple[SharedWindow, SharedWindow]:
    """The windows of two environments before one table."""
    telemetry = RecordingTelemetry()
    one, other = (SharedWindow(client, table_name, clock, telemetry) for _ in range(2))
    return one, other


def test_a_failure_brings_the_calls_made_beside_it(
    client: "DynamoDBClient", table_name: str
) -> None:
    one, other = two_windows(client, table_name, ManualClock())
    for _ in range(9):
        one.add(success=True)
    assert one.add(success=False) == (1, 10)
    assert other.add(success=False) == (2, 11)
    # What was brought once is not brought again.
    assert one.add(success=False) == (3, 12)


def test_after_thirty_seconds_it_begins_anew(client: "DynamoDBClient", table_name: str) -> None:
    clock = ManualClock()
    one, other = two_windows(client, table_name, clock)
    one.add(success=False)
    one.clear()
    clock.advance(29)
    assert other.add(success=False) == (2, 2)
    clock.advance(1)
    assert one.add(success=False) == (1, 1)
    (item,) = client.scan(TableName=table_name)["Items"]
    assert int(item["expiration"]["N"]) > int(item["began"]["N"])


def test_many_calls_do_not_pile_up_in_memory() -> None:
    clock = ManualClock()
    window, calls = LocalWindow(clock), 0
    for _ in range(1000):
        _, calls = window.add(success=True)
        clock.advance(0.1)
    assert calls == 301
