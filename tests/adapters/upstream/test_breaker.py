"""The rule of the circuit breaker: copies of a function share one circuit."""

import logging

import pytest

from liveness_gateway.adapters.upstream.breaker import CircuitBreaker
from liveness_gateway.adapters.upstream.ports import CircuitOpenError, Permit
from tests.doubles.breaker_store import BreakerTableDouble
from tests.doubles.clock import ManualClock
from tests.doubles.telemetry import RecordingTelemetry
from tests.faults import Faults
from tests.world import refused


class Copies:
    """Copies of one function: a store and a breaker each, one table and one clock for all."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.clock = ManualClock()
        self.telemetry = RecordingTelemetry()
        self._table = BreakerTableDouble(self.clock, self.faults)

    def one(self) -> CircuitBreaker:
        return CircuitBreaker(self._table.store(self.telemetry), self.clock, self.telemetry)

    def open(self) -> bool:
        """Whether another copy is let through; being asked can make it the probe."""
        return refuses(self.one())


def refuses(breaker: CircuitBreaker) -> bool:
    """Whether it makes no call now."""
    try:
        breaker.admit()
    except CircuitOpenError:
        return True
    return False


@pytest.fixture
def copies() -> Copies:
    return Copies()


def call(breaker: CircuitBreaker, results: str) -> None:
    """Make calls: + answered, - failed, ! refused, ? undecided."""
    for result in results:
        end(breaker.admit(), result)


def end(permit: Permit, result: str) -> None:
    ends = {"+": permit.succeeded, "-": permit.failed, "!": permit.refused, "?": permit.undecided}
    ends[result]()


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
        ("?" * 20, False),
        ("----????????", False),
        ("??????????-----", True),
        ("++++?????-----", True),
    ],
)
def test_it_opens_for_all_at_five_failures_that_are_half_or_at_a_refusal(
    copies: Copies, results: str, *, opens: bool
) -> None:
    call(copies.one(), results)
    assert copies.open() is opens
    assert copies.telemetry.counts["breaker_opened"] == opens


def test_a_success_does_not_open_it(copies: Copies) -> None:
    """It only sees older successes leave the window: none but a failure may open."""
    breaker = copies.one()
    call(breaker, "++++++")
    copies.clock.advance(20)
    call(breaker, "-----")
    copies.clock.advance(15)
    call(breaker, "+")
    assert not copies.open()


def test_failures_older_than_thirty_seconds_do_not_count(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "----")
    copies.clock.advance(30.5)
    call(breaker, "----")
    assert not copies.open()
    call(breaker, "-")
    assert copies.open()


def probe(copies: Copies) -> Permit:
    call(copies.one(), "-----")
    copies.clock.advance(30)
    return copies.one().admit()


def test_a_probe_that_is_answered_closes_the_circuit_for_all(copies: Copies) -> None:
    end(probe(copies), "+")
    call(copies.one(), "+")
    call(copies.one(), "----")
    assert copies.telemetry.counts["breaker_opened"] == 1
    transitions = [line.fields["transition"] for line in copies.telemetry.lines]
    assert transitions == ["opened", "closed"]
    assert {line.level for line in copies.telemetry.lines} == {logging.WARNING}


def test_the_failures_before_it_opened_are_forgotten_when_it_closes(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "-----")
    copies.clock.advance(30)
    call(breaker, "+----")
    assert not copies.open()


def test_a_probe_whose_function_died_is_followed_by_another(copies: Copies) -> None:
    """Its lease is as long as the circuit stays open."""
    probe(copies)
    copies.clock.advance(29)
    assert copies.open()
    copies.clock.advance(1)
    assert [copies.open(), copies.open()] == [False, True]


@pytest.mark.parametrize("results", ["", "+", "?", "+?+?"])
def test_a_closed_circuit_is_believed_for_ten_seconds(copies: Copies, results: str) -> None:
    """No call waits for a read then; and a circuit that was opened elsewhere is seen."""
    breaker = copies.one()
    call(breaker, f"+{results}")
    call(copies.one(), "!")
    copies.clock.advance(9.9)
    assert not refuses(breaker)
    copies.clock.advance(0.1)
    assert refuses(breaker)


def test_believing_does_not_go_on_by_itself(copies: Copies) -> None:
    breaker = copies.one()
    call(breaker, "+")
    copies.clock.advance(6)
    call(breaker, "+")
    call(copies.one(), "!")
    copies.clock.advance(4)
    assert refuses(breaker)


def test_one_call_that_fails_is_enough_to_ask_again(copies: Copies) -> None:
    """So a copy that still believes makes one call that fails, and no second."""
    breaker = copies.one()
    call(breaker, "+")
    call(copies.one(), "!")
    copies.clock.advance(2)
    call(breaker, "-")
    assert refuses(breaker)


def test_a_copy_that_opened_the_circuit_does_not_believe_it_closed(copies: Copies) -> None:
    for results in ("+!", "+-----"):
        breaker = copies.one()
        call(breaker, results)
        assert refuses(breaker), results
        copies.clock.advance(600)
        call(copies.one(), "+")


def test_a_circuit_that_was_closed_elsewhere_is_seen_after_two_seconds(copies: Copies) -> None:
    call(copies.one(), "-----")
    breaker = copies.one()
    assert refuses(breaker)
    copies.clock.advance(30)
    end(copies.one().admit(), "+")
    copies.clock.advance(2)
    assert not refuses(breaker)


def test_while_it_is_open_at_most_one_probe_goes_however_much_was_believed(
    copies: Copies,
) -> None:
    believing = [copies.one() for _ in range(5)]
    for breaker in believing:
        call(breaker, "+")
    call(copies.one(), "-----")
    copies.clock.advance(30)
    assert [refuses(breaker) for breaker in believing] == [False, True, True, True, True]


def test_an_open_circuit_whose_store_fails_once_lets_one_call_go_on(copies: Copies) -> None:
    call(copies.one(), "!")
    copies.faults.fail("breaker.get", refused())
    assert [copies.open(), copies.open()] == [False, True]
    assert copies.telemetry.counts["breaker_store_failed"] == 1


def test_an_election_that_cannot_be_held_lets_the_call_go(copies: Copies) -> None:
    call(copies.one(), "-----")
    copies.clock.advance(30)
    copies.faults.fail("breaker.save", refused(), times=2)
    end(copies.one().admit(), "+")
    assert copies.telemetry.counts["breaker_store_failed"] == 2


def test_a_probe_that_says_nothing_lets_the_next_one_go_at_once(copies: Copies) -> None:
    end(probe(copies), "?")
    assert [copies.open(), copies.open()] == [False, True]


def test_an_open_circuit_says_for_how_long() -> None:
    for results, seconds in (("-----", 30), ("!", 60)):
        copies = Copies()
        call(copies.one(), results)
        copies.clock.advance(12)
        with pytest.raises(CircuitOpenError) as caught:
            copies.one().admit()
        assert caught.value.seconds_left == seconds - 12
