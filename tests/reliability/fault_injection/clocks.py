"""Fault 27: the time of day is wrong, or moves while a request runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.reliability.recovery import Recovery
from tests.reliability.relay import Relay
from tests.reliability.scenarios import FEW, scenario
from tests.reliability.stage import Stage

_MINUTES: Final = 60.0
_DAY: Final = 24 * 3600.0


def _moves_within(stage: Stage, seconds: float) -> None:
    """The clock moves after upstream has answered and before the result is stored."""
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(1) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = pool.submit(stage.post)
        assert relay.wait_for_answers(1, 20)
        stage.clock.moved += seconds
        relay.release()
        asked.result()


@scenario(27, "the clock is up to 5 minutes off, and moves between two equal requests")
def off(stage: Stage, _: Recovery) -> None:
    body = stage.form()
    stage.clock.moved = stage.random.uniform(-5, 5) * _MINUTES
    stage.post(body, "the-key")
    stage.clock.moved = stage.random.uniform(-5, 5) * _MINUTES
    stage.post(body, "the-key")


@scenario(27, "the clock moves by up to 5 minutes, either way, while a request runs")
def moves(stage: Stage, _: Recovery) -> None:
    _moves_within(stage, stage.random.choice((-5, 5)) * stage.random.random() * _MINUTES)


@scenario(27, "the clock goes back by a day while a request runs", seeds=FEW)
def goes_back(stage: Stage, _: Recovery) -> None:
    _moves_within(stage, -_DAY)


@scenario(
    27,
    "one function's clock jumps ahead by a day, the life of a record, while a request runs",
    seeds=FEW,
)
def jumps_ahead_alone(stage: Stage, _: Recovery) -> None:
    _moves_within(stage, _DAY)
    stage.clock.moved = 0


@scenario(
    27, "every clock jumps ahead by a day, the life of a record, while a request runs", seeds=FEW
)
def jumps_ahead(stage: Stage, _: Recovery) -> None:
    _moves_within(stage, _DAY)


@scenario(27, "the sweep's clock is 5 minutes ahead while a request runs", seeds=FEW)
def early_sweep(stage: Stage, recovery: Recovery) -> None:
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(1) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = pool.submit(stage.post)
        assert relay.wait_for_answers(1, 20)
        assert recovery.sweep(5 * _MINUTES) == 1
        relay.release()
        asked.result()
