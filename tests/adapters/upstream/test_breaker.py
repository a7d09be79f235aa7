"""The circuit breaker over Powertools' store: two copies of a function share one circuit."""

import logging
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, CircuitState

from liveness_gateway.adapters.upstream.breaker import (
    BreakerPermit,
    CircuitBreaker,
    CountingBreakerStore,
)
from liveness_gateway.adapters.upstream.window import LocalWindow
from liveness_gateway.clock import SystemClock
from tests.adapters.aws_endpoint import CUT, DENIED, IMPATIENT, SERVER_ERROR, AwsEndpoint, Fault
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.tables import create_breaker

UNCACHED = CircuitBreakerConfig(recovery_timeout=30, success_threshold=1, local_cache_max_age=0)


class Copies:
    """Copies of one function: a store and a breaker each, one table and one clock for all."""

    def __init__(self, aws: AwsEndpoint) -> None:
        self._aws = aws
        self.table = f"breaker-{uuid.uuid4().hex}"
        self.clock = ManualClock(datetime.now(UTC))
        self.telemetry = RecordingTelemetry()
        create_breaker(aws.client("dynamodb"), self.table)
        aws.recover()

    def store(self) -> CountingBreakerStore:
        store = self.caching_store()
        store.configure(UNCACHED, "upstream")
        return store

    def caching_store(self) -> CountingBreakerStore:
        """The store as it is deployed: it believes what it read for two seconds."""
        client = self._aws.client("dynamodb", IMPATIENT)
        return CountingBreakerStore(self.table, client, self.telemetry)

    def end_the_lease(self) -> None:
        """As if the probe's time had passed: the only moment of the item that is to come."""
        client, now = self._aws.client("dynamodb"), int(time.time())
        (item,) = client.scan(TableName=self.table)["Items"]
        numbers = {name: int(value["N"]) for name, value in item.items() if "N" in value}
        (lease,) = (name for name, number in numbers.items() if now < number <= now + 30)
        client.put_item(TableName=self.table, Item={**item, lease: {"N": str(now - 1)}})

    def one(self) -> CircuitBreaker:
        return CircuitBreaker(self.store(), self.clock, self.telemetry)


@pytest.fixture
def copies(aws: AwsEndpoint) -> Copies:
    return Copies(aws)


def call(breaker: CircuitBreaker, results: str) -> None:
    """Make calls: + answered, - failed, ! refused."""
    for result in results:
        permit = breaker.admit()
        assert permit is not None, f"the circuit opened before {result} of {results}"
        end(permit, result)


def end(permit: BreakerPermit, result: str) -> None:
    {"+": permit.succeeded, "-": permit.failed, "!": permit.refused}[result]()


@pytest.mark.parametrize(
    ("results", "opens"),
    [
        ("", False),
        ("++++++", False),
        ("----", False),
        ("-----", True),
        ("+++++-----", True),
        ("++++++-----", False),
        ("++++++------", True),
        ("-+-+-+-+-", True),
        ("-+-+-+-++-", True),
        ("-+-+-+-++++-", False),
        ("!", True),
        ("+++++++++!", True),
    ],
)
def test_it_opens_for_all_at_five_failures_that_are_half_or_at_a_refusal(
    copies: Copies, results: str, *, opens: bool
) -> None:
    call(copies.one(), results)
    assert (copies.one().admit() is None) is opens
    assert copies.telemetry.counts["breaker_opened"] == opens


def test_a_success_does_not_open_it(copies: Copies) -> None:
    """It only sees older successes leave the window: none but a failure may open."""
    breaker = copies.one()
    call(breaker, "++++++")
    copies.clock.advance(20)
    call(breaker, "-----")
    copies.clock.advance(15)
    call(breaker, "+")
    assert copies.one().admit() is not None


def test_failures_older_than_thirty_seconds_do_not_count(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "----")
    copies.clock.advance(30.5)
    call(breaker, "----")
    assert copies.one().admit() is not None
    call(breaker, "-")
    assert copies.one().admit() is None


def test_an_open_circuit_lets_one_probe_through_after_thirty_seconds(copies: Copies) -> None:
    call(copies.one(), "-----")
    copies.clock.advance(28)
    assert copies.one().admit() is None
    copies.clock.advance(2)
    assert copies.one().admit() is not None
    assert copies.one().admit() is None
    assert copies.one().admit() is None


def test_a_refusal_closes_the_door_for_sixty_seconds(copies: Copies) -> None:
    call(copies.one(), "!")
    copies.clock.advance(58)
    assert copies.one().admit() is None
    copies.clock.advance(2)
    assert copies.one().admit() is not None
    assert copies.one().admit() is None


def probe(copies: Copies) -> BreakerPermit:
    call(copies.one(), "-----")
    copies.clock.advance(30)
    permit = copies.one().admit()
    assert permit is not None
    return permit


def test_a_probe_that_is_answered_closes_the_circuit_for_all(copies: Copies) -> None:
    end(probe(copies), "+")
    call(copies.one(), "+")
    call(copies.one(), "----")
    assert copies.telemetry.counts["breaker_opened"] == 1
    transitions = [line.fields["transition"] for line in copies.telemetry.lines]
    assert transitions == ["opened", "closed"]
    assert {line.level for line in copies.telemetry.lines} == {logging.WARNING}


def test_a_probe_that_fails_opens_it_again_for_thirty_seconds(copies: Copies) -> None:
    end(probe(copies), "-")
    copies.clock.advance(28)
    assert copies.one().admit() is None
    copies.clock.advance(2)
    assert copies.one().admit() is not None
    assert copies.telemetry.counts["breaker_opened"] == 2


def test_a_probe_that_is_refused_opens_it_again_for_sixty_seconds(copies: Copies) -> None:
    end(probe(copies), "!")
    copies.clock.advance(58)
    assert copies.one().admit() is None
    copies.clock.advance(2)
    assert copies.one().admit() is not None


def test_the_failures_before_it_opened_are_forgotten_when_it_closes(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "-----")
    copies.clock.advance(30)
    permit = breaker.admit()
    assert permit is not None
    end(permit, "+")
    call(breaker, "----")
    assert breaker.admit() is not None


def test_one_of_many_at_once_is_the_probe(copies: Copies) -> None:
    call(copies.one(), "-----")
    copies.clock.advance(30)
    breakers = [copies.one() for _ in range(10)]
    barrier = Barrier(10)

    def admitted(breaker: CircuitBreaker) -> bool:
        barrier.wait()
        return breaker.admit() is not None

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(admitted, breakers)).count(True) == 1


def test_a_probe_whose_function_died_is_followed_by_another(copies: Copies) -> None:
    """Its lease is as long as the circuit stays open."""
    copies.store().save_open("upstream", failure_count=5, opened_at=int(time.time()) - 31)
    breakers = [CircuitBreaker(copies.store(), SystemClock(), copies.telemetry) for _ in range(3)]
    assert breakers[0].admit() is not None
    assert breakers[1].admit() is None
    copies.end_the_lease()
    assert breakers[1].admit() is not None
    assert breakers[2].admit() is None


def test_the_state_is_believed_for_two_seconds(aws: AwsEndpoint, copies: Copies) -> None:
    """Half the reads of a busy function cost nothing; and a circuit opened elsewhere is seen."""
    breaker = CircuitBreaker(copies.caching_store(), copies.clock, copies.telemetry)
    call(breaker, "+")
    call(copies.one(), "!")
    until = time.monotonic() + 5
    while breaker.admit() is not None:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert aws.calls.count("GetItem") < 6


def test_many_calls_do_not_pile_up_in_memory() -> None:
    clock = ManualClock()
    window, calls = LocalWindow(clock), 0
    for _ in range(5000):
        _, calls = window.add(success=True)
        clock.advance(0.1)
    assert calls == 301


FAULTS = [SERVER_ERROR, DENIED, CUT, Fault(seconds=0.5)]


@pytest.fixture(params=FAULTS)
def down(request: pytest.FixtureRequest, aws: AwsEndpoint, copies: Copies) -> Iterator[Fault]:
    assert copies.table
    for operation in ("GetItem", "PutItem", "UpdateItem"):
        aws.fail_always(operation, request.param)
    yield request.param
    aws.recover()


@pytest.mark.usefixtures("down")
def test_calls_go_on_while_its_store_is_down(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "-----")
    assert breaker.admit() is not None
    assert copies.telemetry.counts["breaker_store_failed"] == 7
    assert copies.telemetry.counts["breaker_opened"] == 1


@pytest.mark.usefixtures("down")
def test_a_refusal_while_its_store_is_down_is_survived(copies: Copies) -> None:
    call(copies.one(), "!+")
    assert copies.telemetry.counts["breaker_store_failed"] == 3


def test_an_open_circuit_whose_store_fails_lets_calls_go_on(
    aws: AwsEndpoint, copies: Copies
) -> None:
    call(copies.one(), "!")
    aws.fail("GetItem", SERVER_ERROR)
    assert copies.one().admit() is not None
    assert copies.telemetry.counts["breaker_store_failed"] == 1


def test_an_election_that_cannot_be_held_lets_the_call_go(aws: AwsEndpoint, copies: Copies) -> None:
    call(copies.one(), "-----")
    copies.clock.advance(30)
    aws.fail("PutItem", SERVER_ERROR)
    permit = copies.one().admit()
    assert permit is not None
    aws.fail("UpdateItem", SERVER_ERROR)
    end(permit, "+")
    assert copies.telemetry.counts["breaker_store_failed"] == 2


def test_a_store_that_comes_back_is_believed_again(aws: AwsEndpoint, copies: Copies) -> None:
    breaker = copies.one()
    call(copies.one(), "!")
    aws.fail("GetItem", SERVER_ERROR, None)
    assert breaker.admit() is not None
    assert breaker.admit() is None


def test_a_record_nobody_can_read_is_no_open_circuit(aws: AwsEndpoint, copies: Copies) -> None:
    aws.client("dynamodb").put_item(
        TableName=copies.table, Item={"id": {"S": "upstream"}, "state": {"S": "AJAR"}}
    )
    assert copies.one().admit() is not None


def test_the_circuit_is_one_item_that_deletes_itself(aws: AwsEndpoint, copies: Copies) -> None:
    call(copies.one(), "!")
    (item,) = aws.client("dynamodb").scan(TableName=copies.table)["Items"]
    assert item["state"]["S"] == str(CircuitState.OPEN)
    assert int(item["expiration"]["N"]) > time.time() + 3600
