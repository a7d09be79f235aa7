"""I4, I5: every stored version is announced, only stored ones are, each under one id."""

from random import Random
from typing import Any

import pytest

from tests.invariants.copies import Request
from tests.invariants.gateway import Gateway
from tests.invariants.troubles import OF_PUBLISH, trouble
from tests.invariants.watching import later, rest


def store(gateway: Gateway, count: int = 1) -> list[str]:
    """Store so many terminal versions; return what the stream holds of them."""
    behaviours = ["live", "not live", "reset", "refused connection", "two faces", "no face"]
    for number in range(count):
        doing = behaviours[number % len(behaviours)]
        gateway.ask(Request(key=f"key-{number}", behaviours=[doing] * 2)).run()
        later(gateway, seconds=31)
    return list(gateway.new_in_stream())


def ids(gateway: Gateway) -> list[str]:
    return [str(event.detail["metadata"]["id"]) for event in gateway.history.accepted]


def statuses(gateway: Gateway) -> list[Any]:
    return [event.detail["data"]["status"] for event in gateway.history.accepted]


def test_each_version_is_announced_once(gateway: Gateway) -> None:
    gateway.publish(store(gateway, 6)).run()
    assert len(ids(gateway)) == len(set(ids(gateway))) == 6
    assert sorted(map(str, statuses(gateway))) == ["completed"] * 4 + ["failed", "unknown"]


def test_nothing_is_announced_before_it_is_stored(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    while not running.ended:
        gateway.publish(gateway.new_in_stream()).run()
        assert len(gateway.history.accepted) <= len(
            [w for w in gateway.history.writes if w.terminal]
        )
        running.step(1)


def test_what_is_processing_is_announced_to_nobody(gateway: Gateway) -> None:
    # The event source's filter lets no such record through; the publisher does not rely on it.
    gateway.ask_and_die()
    gateway.publish([gateway.history.writes[0].sequence_number]).run()
    assert not gateway.history.accepted


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
def test_every_size_of_batch(gateway: Gateway, count: int) -> None:
    gateway.publish(store(gateway, count)).run()
    assert len(set(ids(gateway))) == count


@pytest.mark.parametrize("seed", range(20))
def test_delivered_again_and_in_any_order(gateway: Gateway, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same each time, on purpose
    numbers = store(gateway, 6)
    for _ in range(4):
        gateway.publish(random.choices(numbers, k=5)).run()
    gateway.publish(gateway.new_in_stream()).run()
    assert len(set(ids(gateway))) == 6


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure", "MalformedDetail"])
def test_one_entry_of_twelve_is_refused(gateway: Gateway, place: int, code: str) -> None:
    numbers = store(gateway, 12)
    gateway.bus.refusals = {place: code}
    gateway.publish(numbers).run()
    # The refusal is of the first call of ten.
    refused = [numbers[place]] if place < 10 else []
    lettered = code == "MalformedDetail"
    assert gateway.pending == ([] if lettered else refused)
    assert len(gateway.history.letters) == (len(refused) if lettered else 0)
    assert len(set(ids(gateway))) == 12 - len(refused)


def test_an_unreadable_record_holds_up_nobody(gateway: Gateway) -> None:
    first = store(gateway, 3)
    gateway.poison()
    gateway.publish([*gateway.new_in_stream()[-1:], *first]).run()
    assert not gateway.pending
    assert len(gateway.history.letters) == 1
    assert len(set(ids(gateway))) == 3


def test_a_full_dead_letter_queue_loses_nothing(gateway: Gateway) -> None:
    numbers = store(gateway, 3)
    gateway.letters.down = True
    gateway.poison()
    gateway.bus.refusals = {1: "InvalidArgument"}
    gateway.publish(gateway.new_in_stream()).run()
    assert gateway.pending == [numbers[1], gateway.history.poison[0]]
    rest(gateway)
    assert len(gateway.history.letters) == 1
    assert len(set(ids(gateway))) == 3


@pytest.mark.parametrize("times", [1, 99])
@pytest.mark.parametrize("met", OF_PUBLISH)
def test_a_publisher_in_trouble(gateway: Gateway, met: tuple[str, str], times: int) -> None:
    numbers = store(gateway, 12)
    gateway.poison()
    gateway.bus.refusals = {3: "MalformedDetail"}
    gateway.publish(gateway.new_in_stream(), [trouble(*met, times)]).run()
    rest(gateway)
    told = set(ids(gateway)) | set(gateway.history.letters)
    assert len(told) >= len(numbers)


@pytest.mark.parametrize("step", range(8))
def test_a_publisher_dies(gateway: Gateway, step: int) -> None:
    store(gateway, 12)
    gateway.publish(gateway.new_in_stream()).kill(step)
    gateway.publish(gateway.new_in_stream()).run()
    assert len(set(ids(gateway))) == 12
    assert not gateway.pending
