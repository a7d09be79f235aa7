"""Faults 22, 27 and 30: a function is killed, its clock is wrong, or anything raises an exception.

`tests/reliability/kill` kills real processes on the deployed stack.
"""

import json
from collections.abc import Callable
from decimal import InvalidOperation
from functools import partial
from http.client import HTTPException
from itertools import product
from ssl import SSLError
from typing import Final

from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from tests.doubles.secrets import FINGERPRINT_ARN, UPSTREAM_ARN
from tests.faults import Step
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.processes import Process
from tests.reliability.simulation.rest import mend
from tests.reliability.simulation.troubles import ERROR_CANARY, refusal

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
    # The record is read, then written under a condition.
    assert _kill_at_each_step(lambda: stage.recover(list(stage.emergency.messages))) == 4


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


_ERRORS: Final[tuple[Callable[[], Exception], ...]] = (
    *(
        partial(kind, ERROR_CANARY)
        for kind in (
            ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
            NotImplementedError, RecursionError, MemoryError, AssertionError, OSError,
            ConnectionResetError, TimeoutError, StopIteration, EOFError, BufferError, ImportError,
            ZeroDivisionError, OverflowError, InvalidOperation,
        )
    ),
    lambda: UnicodeDecodeError("utf-8", ERROR_CANARY.encode(), 0, 1, ERROR_CANARY),
    lambda: json.JSONDecodeError(ERROR_CANARY, ERROR_CANARY, 0),
    *(partial(kind, ERROR_CANARY) for kind in (HTTPException, SSLError, Exception)),
)  # fmt: skip
# What a client of AWS raises is expected of it, and of nothing else.
_OF_AWS: Final = (
    refusal(ERROR_CANARY),
    lambda: EndpointConnectionError(endpoint_url=ERROR_CANARY),
    NoCredentialsError,
)
_PORTS: Final = (
    ("when the selfie is fingerprinted", Step(f"secret.{FINGERPRINT_ARN}", "before")),
    ("in place of the claim", Step("table.put", "before")),
    ("after the claim was stored", Step("table.put", "after")),
    ("from the credentials", Step(f"secret.{UPSTREAM_ARN}", "before")),
    ("from the breaker", Step("breaker.state", "before")),
    ("before the call", Step("transport.post", "before")),
    ("after the call", Step("transport.post", "after")),
    ("in place of the result's write", Step("table.update", "before")),
    ("after the result was stored", Step("table.update", "after")),
    ("from the emergency queue while the table is down", Step("emergency.send", "before")),
    ("from the clock", Step("clock.now", "before")),
    ("from the log, after the result was stored", Step("telemetry.log", "before")),
    ("from the log, at the very start", Step("telemetry.begin", "before")),
    ("from the metrics, at the very end", Step("telemetry.flush", "before")),
)
_CLIENTS: Final = ("secret.", "table.", "emergency.", "bus.", "letters.")


def _raise_at(stage: Stage, step: Step) -> None:
    """One exception, once, in whichever function takes this step first."""
    of_aws = step.effect.startswith(_CLIENTS)
    error = stage.random.choice(_ERRORS if of_aws else (*_ERRORS, *_OF_AWS))
    stage.raise_at(step, error)


def _in_verify(words: str, step: Step) -> None:
    """Register the scenario of one port of `verify`."""

    @scenario(30, f"an exception of any type {words}", runs=CHANCE)
    def explode(stage: Stage) -> None:
        if step.effect == "emergency.send":
            stage.fail(["table.update"], "failed")
        _raise_at(stage, step)
        stage.post()


for _words, _step in _PORTS:
    _in_verify(_words, _step)


@scenario(
    30,
    "an exception of any type from each port of `publish_events`, `sweep` and `recover`",
    runs=CHANCE,
)
def behind(stage: Stage) -> None:
    stage.fail(["table.update"], "failed")
    stage.post()
    mend(stage)
    _raise_at(stage, Step("table.update", "before"))
    stage.post()
    for effect in ("table.update", "table.query", "bus.put", "letters.send", "clock.now"):
        steps = [Step(effect, "before"), Step(effect, "after")]
        _raise_at(stage, stage.random.choice(steps if effect != "clock.now" else steps[:1]))
        stage.kept()
        stage.clock.advance(61)
        stage.sweep().run()
        stage.publish(stage.new_in_stream()).run()
        stage.steering.outages.clear()
