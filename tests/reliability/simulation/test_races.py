"""I1, I2, I3, I8: one claim, one call, one charge, whoever dies or repeats himself where."""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Final

import pytest

from tests.invariants.copies import Request
from tests.invariants.gateway import Gateway
from tests.invariants.liveness_api import BEHAVIOURS
from tests.invariants.troubles import OF_VERIFY, trouble
from tests.invariants.watching import judged, later, rest

USABLE: Final = [name for name, doing in BEHAVIOURS.items() if doing.score is not None]
CHARGED: Final = [name for name, doing in BEHAVIOURS.items() if doing.charged]
ENDINGS: Final = ("live", "reset", "refused connection")


def steps_of(behaviour: str) -> int:
    """How many steps a request takes."""
    process = Gateway().ask(Request(behaviours=[behaviour]))
    process.run()
    return process.steps


def pairs_of_steps() -> Iterator[tuple[int, int]]:
    return product(range(steps_of("live") + 1), range(steps_of("refused connection") + 1))


@pytest.mark.parametrize("behaviour", ENDINGS)
def test_killed_between_any_two_effects_and_asked_again(behaviour: str) -> None:
    for step in range(steps_of(behaviour) + 1):
        with judged() as gateway:
            gateway.ask(Request(behaviours=[behaviour])).kill(step)
            gateway.ask(Request()).run()
            rest(gateway)
            gateway.ask(Request()).run()


@pytest.mark.parametrize("behaviour", ENDINGS)
def test_killed_at_any_two_steps(behaviour: str) -> None:
    for first, second in pairs_of_steps():
        with judged() as gateway:
            gateway.ask(Request(behaviours=[behaviour])).kill(first)
            later(gateway, seconds=61)
            gateway.sweep().run()
            gateway.ask(Request()).kill(second)
            later(gateway, seconds=61)
            gateway.sweep().kill(second)
            gateway.ask(Request()).run()


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_repeated_request_pays_only_where_nothing_was_charged(
    gateway: Gateway, behaviour: str
) -> None:
    gateway.ask(Request(behaviours=[behaviour] * 2)).run()
    gateway.ask(Request()).run()
    later(gateway, seconds=61)
    gateway.ask(Request()).run()
    charged = [post for post in gateway.history.posts if post.charged]
    assert len(charged) == 1
    if behaviour in CHARGED:
        assert gateway.codes()[1:] == gateway.codes()[:-1]
    else:
        assert gateway.codes()[-1] is None


@pytest.mark.parametrize("times", [1, 2, 99])
@pytest.mark.parametrize("met", OF_VERIFY)
def test_a_trouble_anywhere(gateway: Gateway, met: tuple[str, str], times: int) -> None:
    gateway.ask(Request(), [trouble(*met, times)]).run()
    gateway.ask(Request()).run()
    rest(gateway)
    gateway.ask(Request()).run()
    assert len(gateway.history.posts) <= 1


@pytest.mark.parametrize("one", OF_VERIFY)
def test_any_two_troubles(one: tuple[str, str]) -> None:
    for other in OF_VERIFY:
        with judged() as gateway:
            gateway.ask(Request(), [trouble(*one, 99), trouble(*other, 99)]).run()
            gateway.ask(Request(), [trouble(*other)]).run()
            rest(gateway)
            gateway.ask(Request()).run()


def test_a_claim_whose_answer_is_lost_is_known_again(gateway: Gateway) -> None:
    gateway.ask(Request(), [trouble("table.put", "lost")]).run()
    assert gateway.codes() == [None]
    assert len(gateway.history.posts) == 1


def test_a_claim_nobody_stands_by_is_called_for_by_nobody(gateway: Gateway) -> None:
    gateway.ask(Request(), [trouble("table.put", "lost", 99)]).run()
    gateway.ask(Request()).run()
    assert gateway.codes() == ["upstream_unavailable", "in_progress"]
    assert not gateway.history.posts


def test_no_claim_no_call(gateway: Gateway) -> None:
    gateway.ask(Request(), [trouble("table.put", "unreachable", 99)]).run()
    assert gateway.codes() == ["upstream_unavailable"]
    assert not gateway.history.posts


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("behaviour", ["live", "reset", "limit"])
def test_fifty_at_once(gateway: Gateway, behaviour: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same each time, on purpose
    running = [gateway.ask(Request(behaviours=[behaviour])) for _ in range(50)]
    waiting = list(running)
    while waiting:
        one = random.choice(waiting)
        one.step(random.randint(1, 4))
        waiting = [process for process in waiting if not process.ended]
    assert len({post.process for post in gateway.history.posts if post.charged}) <= 1
    told = {answer.body["verification_id"] for answer in gateway.history.answers}
    assert len(told) == 1


@pytest.mark.parametrize("steps", range(12))
def test_only_one_of_two_starts_the_next_attempt(gateway: Gateway, steps: int) -> None:
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    first, second = gateway.ask(Request()), gateway.ask(Request())
    first.step(steps)
    second.run()
    first.run()
    assert sorted(map(str, gateway.codes()[1:])) in (["None", "None"], ["None", "in_progress"])
    assert [write.new["attempt"] for write in gateway.history.claims()] == [1, 2]


@pytest.mark.parametrize("steps", range(12))
def test_a_next_attempt_beside_a_sweep(gateway: Gateway, steps: int) -> None:
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    sweep, again = gateway.sweep(), gateway.ask(Request())
    later(gateway, seconds=20)
    again.step(steps)
    gateway.clock.jump(300)
    sweep.run()
    again.run()
    assert gateway.record()["status"] == "completed"


@pytest.mark.parametrize("name", USABLE)
def test_only_a_usable_answer_is_a_decision(gateway: Gateway, name: str) -> None:
    gateway.ask(Request(behaviours=[name])).run()
    assert gateway.codes() == [None]


def test_rotated_credentials_are_tried_once(gateway: Gateway) -> None:
    gateway.ask(Request(key="warm")).run()
    gateway.secrets.version = gateway.api.key_version = 2
    gateway.ask(Request()).run()
    assert gateway.codes() == [None, None]
    assert [post.outcome for post in gateway.history.posts][1:] == ["refused credentials", "live"]


def test_wrong_credentials_are_not_tried_twice(gateway: Gateway) -> None:
    gateway.api.key_version = 2
    gateway.ask(Request()).run()
    assert gateway.codes() == ["upstream_unavailable"]
    assert len(gateway.history.posts) == 1


def test_who_comes_late_starts_no_attempt_that_is_over(gateway: Gateway) -> None:
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    late = gateway.ask(Request())
    late.hold_at("table.put", "after")  # it was shown the first attempt
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    late.run()
    assert gateway.codes()[-1] == "in_progress"
    assert [write.new["attempt"] for write in gateway.history.claims()] == [1, 2]
