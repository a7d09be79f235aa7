"""The breaker's store of the simulation does what Powertools' does over DynamoDB."""

import time
from typing import Any

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, CircuitState

from liveness_gateway.adapters.upstream.breaker import BreakerStore, CountingBreakerStore
from tests.adapters.aws_endpoint import AwsEndpoint
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


def test_the_double_tells_the_same_story(aws: AwsEndpoint) -> None:
    client, telemetry, clock = aws.client("dynamodb"), RecordingTelemetry(), ManualClock()
    name = f"breaker-{time.monotonic_ns()}"
    create_breaker(client, name)
    real = [CountingBreakerStore(name, client, telemetry) for _ in range(2)]
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
