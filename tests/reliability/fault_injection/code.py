"""Fault 30: an exception of a type that nothing expects, thrown from any port."""

import json
from collections.abc import Callable
from decimal import InvalidOperation
from functools import partial
from http.client import HTTPException
from ssl import SSLError
from typing import Final

from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from tests.doubles.secrets import FINGERPRINT_ARN, UPSTREAM_ARN
from tests.faults import Step
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.rest import mend
from tests.reliability.simulation.troubles import ERROR_CANARY, refusal

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
