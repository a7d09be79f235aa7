"""The count of a client's calls, on moto and on the double: never more than a limit allows."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveness_gateway.adapters.dynamodb.call_counter import DynamoDBCallCounter
from liveness_gateway.verifications.counting import Counted, CounterUnavailableError, Period
from tests.adapters.aws_endpoint import HANGS, IMPATIENT, LOST, ONCE, THROTTLED, AwsEndpoint
from tests.doubles.counter_table import CounterTableDouble
from tests.faults import Faults
from tests.tables import create_short_lived

FIRST = date(2026, 1, 30)
NAME = "budgets"


@pytest.fixture
def counter(aws: AwsEndpoint) -> Iterator[DynamoDBCallCounter]:
    client = aws.client("dynamodb")
    create_short_lived(client, NAME)
    yield DynamoDBCallCounter(aws.client("dynamodb", ONCE), NAME)
    aws.recover()
    client.delete_table(TableName=NAME)


def on_double(faults: Faults | None = None) -> tuple[DynamoDBCallCounter, CounterTableDouble]:
    double = CounterTableDouble(faults)
    return DynamoDBCallCounter(cast("Any", double), NAME), double


class Model:
    """What the counter promises, without a table: the days of one client only go on."""

    def __init__(self) -> None:
        self.days: dict[date, int] = {}
        self.latest = date.min

    def take(self, today: date, per_day: int, per_month: int) -> Counted:
        day = max(today, self.latest)
        month = sum(n for d, n in self.days.items() if (d.year, d.month) == (day.year, day.month))
        if per_month and month >= per_month:
            return Counted(Period.MONTH, self.days.get(day, 0), month)
        if per_day and self.days.get(day, 0) >= per_day:
            return Counted(Period.DAY, self.days[day], month)
        self.latest = day
        self.days[day] = self.days.get(day, 0) + 1
        return Counted(None, self.days[day], month + 1)


LIMIT = st.sampled_from([0, 1, 2, 3, 5])
CALLS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(-1, 4), LIMIT, LIMIT), min_size=1, max_size=25
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=CALLS)
def test_it_counts_as_promised(aws: AwsEndpoint, calls: list[tuple[str, int, int, int]]) -> None:
    """Clients are apart; days and months begin anew; a clock that is late undoes nothing."""
    client, name = aws.client("dynamodb"), "promised"
    create_short_lived(client, name)
    real, (doubled, _) = DynamoDBCallCounter(client, name), on_double()
    models = {"a": Model(), "b": Model()}
    for who, days, per_day, per_month in calls:
        asked = (FIRST + timedelta(days=days), per_day, per_month)
        promised = models[who].take(*asked)
        assert real.take(who, *asked) == promised
        assert doubled.take(who, *asked) == promised
    client.delete_table(TableName=name)


def test_a_month_goes_on_over_its_days_and_ends() -> None:
    counter, _ = on_double()
    last = FIRST + timedelta(days=1)
    assert [counter.take("client-1", FIRST, 0, 3).used_up for _ in range(2)] == [None, None]
    assert counter.take("client-1", last, 0, 3) == (None, 1, 3)
    assert counter.take("client-1", last, 0, 3) == (Period.MONTH, 1, 3)
    # Also where the day that is used up is not the one that was counted last.
    assert counter.take("client-1", last, 0, 2).used_up is Period.MONTH
    assert counter.take("client-1", last + timedelta(days=1), 0, 3) == (None, 1, 1)


@pytest.mark.parametrize("limits", [(10, 0), (0, 10), (10, 10), (10, 11)])
def test_50_at_once_are_counted_ten_times(limits: tuple[int, int]) -> None:
    for _ in range(20):
        counter, double = on_double()
        started = threading.Barrier(50)

        def take(
            _: int, counter: DynamoDBCallCounter = counter, started: threading.Barrier = started
        ) -> Period | None:
            started.wait()
            return counter.take("client-1", FIRST, *limits).used_up

        with ThreadPoolExecutor(50) as pool:
            found = list(pool.map(take, range(50)))
        assert found.count(None) == 10
        assert double.items["client-1"]["day_calls"] == {"N": "10"}


def test_50_at_once_on_a_real_socket(counter: DynamoDBCallCounter) -> None:
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: counter.take("client-1", FIRST, 10, 0).used_up, range(50)))
    assert found.count(None) == 10
    assert found.count(Period.DAY) == 40


def test_one_update_a_call() -> None:
    counter, double = on_double()
    counter.take("client-1", FIRST, 5, 5)
    begun = double.updates
    for _ in range(3):
        counter.take("client-1", FIRST, 5, 5)
    assert double.updates - begun == 3


def test_what_cannot_be_counted_is_no_call(aws: AwsEndpoint, counter: DynamoDBCallCounter) -> None:
    aws.fail_always("UpdateItem", THROTTLED)
    with pytest.raises(CounterUnavailableError, match="ThrottlingException"):
        counter.take("client-1", FIRST, 1, 1)
    aws.recover()
    nowhere = DynamoDBCallCounter(aws.client("dynamodb", IMPATIENT), NAME)
    aws.fail_always("UpdateItem", HANGS)
    with pytest.raises(CounterUnavailableError, match="ReadTimeoutError"):
        nowhere.take("client-1", FIRST, 1, 1)
    aws.recover()


def test_what_was_counted_and_not_heard_of_stays_counted(
    aws: AwsEndpoint, counter: DynamoDBCallCounter
) -> None:
    counter.take("client-1", FIRST, 2, 0)
    aws.fail("UpdateItem", LOST)
    with pytest.raises(CounterUnavailableError):
        counter.take("client-1", FIRST, 2, 0)
    assert counter.take("client-1", FIRST, 2, 0).used_up is Period.DAY


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"counted_day": {"S": "yesterday"}, "day_calls": {"N": "0"}, "month_calls": {"N": "0"}},
        {"counted_day": {"S": "2026-01-30"}, "day_calls": {"S": "0"}, "month_calls": {"N": "0"}},
        {"counted_day": {"N": "1"}, "day_calls": {"N": "0"}, "month_calls": {"N": "0"}},
    ],
)
def test_an_item_that_is_no_count_is_no_call(item: dict[str, Any]) -> None:
    counter, double = on_double()
    double.items["client-1"] = {"id": {"S": "client-1"}, **item}
    with pytest.raises(CounterUnavailableError, match="no count"):
        counter.take("client-1", FIRST + timedelta(days=1), 1, 1)


def test_another_begins_the_day_in_between() -> None:
    faults = Faults()
    counter, double = on_double(faults)
    other = DynamoDBCallCounter(cast("Any", double), NAME)
    # Behind the first try, in front of the update that begins the day.
    faults.meanwhile(
        "budget.update",
        lambda: faults.meanwhile("budget.update", lambda: other.take("client-1", FIRST, 2, 0)),
    )
    assert counter.take("client-1", FIRST, 2, 0).used_up is None
    assert counter.take("client-1", FIRST, 2, 0).used_up is Period.DAY


class Restless(CounterTableDouble):
    """Always refuses, and shows a count that leaves calls."""

    def update_item(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        item = {
            "counted_day": {"S": FIRST.isoformat()},
            "day_calls": {"N": "0"},
            "month_calls": {"N": "0"},
        }
        error: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        raise ClientError(error | {"Item": item}, "UpdateItem")


def test_a_count_that_changes_all_the_time_is_no_call() -> None:
    counter = DynamoDBCallCounter(cast("Any", Restless()), NAME)
    with pytest.raises(CounterUnavailableError, match="all the time"):
        counter.take("client-1", FIRST, 1, 1)
