"""Fault 22: a function is killed between any two of its effects.

`tests/reliability/kill` does the same to real processes on the deployed stack, with SIGKILL.
"""

from collections.abc import Callable
from itertools import product
from typing import Final

from tests.faults import Step
from tests.reliability.fault_injection.scenarios import scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.processes import Process
from tests.reliability.simulation.rest import mend

_CLAIMED: Final = Step("table.put", "after")


def _steps_of_a_post(stage: Stage) -> list[Step]:
    process = stage.begin(stage.request())
    process.run()
    return process.taken


def _kill_twice(stage: Stage, first: int, second: int) -> None:
    request = stage.request()
    stage.begin(request).kill(first)
    again = stage.begin(request)
    again.kill(second)
    if again.killed:
        stage.send(request)


@scenario(22, "`verify` is killed at each step; the request comes again")
def killed_once(stage: Stage) -> None:
    for step in range(len(_steps_of_a_post(stage))):
        request = stage.request()
        stage.begin(request).kill(step)
        stage.send(request)


@scenario(22, "`verify` is killed before its claim, and again at each step")
def killed_early_and_again(stage: Stage) -> None:
    steps = _steps_of_a_post(stage)
    for first, second in product(range(steps.index(_CLAIMED)), range(len(steps))):
        _kill_twice(stage, first, second)


@scenario(22, "`verify` is killed at each step from its claim on, and again while it repeats")
def killed_late_and_again(stage: Stage) -> None:
    steps = _steps_of_a_post(stage)
    claimed = steps.index(_CLAIMED)
    for first, second in product(range(claimed, len(steps)), range(claimed + 1)):
        _kill_twice(stage, first, second)


def _kill_at_each_step(invoke: Callable[[], Process]) -> int:
    """Kill one invocation after the other, each a step later, until one ends; how many died."""
    died = 0
    while True:
        process = invoke()
        process.kill(died)
        if not process.killed:
            return died
        died += 1


@scenario(22, "`verify` is killed after the call, then `sweep` at each step")
def sweep_killed(stage: Stage) -> None:
    _steps_of_a_post(stage)
    for _request in range(3):
        stage.post_and_hold().kill()
    stage.clock.advance(61)
    _kill_at_each_step(stage.sweep)
    assert stage.sweep().run() == 0


@scenario(22, "`publish_events` is killed at each step; the batch comes again")
def publisher_killed(stage: Stage) -> None:
    numbers = stage.prepare(12)
    # 12 events are two calls of PutEvents.
    assert _kill_at_each_step(lambda: stage.publish(numbers)) == 4


@scenario(22, "`recover` is killed at each step; the message comes again")
def recover_killed(stage: Stage) -> None:
    stage.fail(["table.update"], "failed")
    stage.post()
    mend(stage)
    # One conditional write.
    assert _kill_at_each_step(lambda: stage.recover(list(stage.emergency.messages))) == 2
