"""Fault 27: the time of day is wrong, or moves while a request runs."""

from collections.abc import Callable
from typing import Final

from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage

_MINUTES: Final = 60.0
_DAY: Final = 24 * 3600.0
_AHEAD: Final = "jumps ahead by a day, the life of a record, while a request runs"


def _meanwhile(stage: Stage, act: Callable[[], object]) -> None:
    """This happens after upstream has answered and before the result is stored."""
    asked = stage.post_and_hold()
    act()
    asked.run()


@scenario(27, "the clock is up to 5 minutes off, and moves between two equal requests", runs=CHANCE)
def off(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.clock.jump(stage.random.uniform(-5, 5) * _MINUTES)
    stage.send(request)
    stage.clock.jump(stage.random.uniform(-5, 5) * _MINUTES - stage.clock.skew)
    stage.send(request)


@scenario(27, "the clock moves by up to 5 minutes, either way, while a request runs", runs=CHANCE)
def moves(stage: Stage) -> None:
    seconds = stage.random.choice((-5, 5)) * stage.random.random() * _MINUTES
    _meanwhile(stage, lambda: stage.clock.jump(seconds))


@scenario(27, "the clock goes back by a day while a request runs")
def goes_back(stage: Stage) -> None:
    _meanwhile(stage, lambda: stage.clock.jump(-_DAY))


@scenario(27, f"one function's clock {_AHEAD}")
def jumps_ahead_alone(stage: Stage) -> None:
    _meanwhile(stage, lambda: stage.clock.jump(_DAY))
    stage.clock.jump(-_DAY)


@scenario(27, f"every clock {_AHEAD}")
def jumps_ahead(stage: Stage) -> None:
    _meanwhile(stage, lambda: stage.clock.jump_everywhere(_DAY))


@scenario(27, "the sweep's clock is 5 minutes ahead while a request runs")
def early_sweep(stage: Stage) -> None:
    def sweep() -> None:
        stage.clock.jump(5 * _MINUTES)
        assert stage.sweep().run() == 1
        stage.clock.jump(-5 * _MINUTES)

    _meanwhile(stage, sweep)
