"""Outcomes scripted for the next requests: their options, checked, and their queue."""

import base64
import binascii
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, cast

MOST_QUEUED = 100_000


class InvalidOutcomeError(ValueError):
    """There is no such outcome or option, or an option has a value that cannot be used."""


class Options(TypedDict, total=False):
    """The options of all outcomes. Each outcome has some of them."""

    score: str | float | Decimal  # written into the response as this very text
    faces: int
    response_code: int
    delay: float  # seconds before the response begins
    seconds: float  # how long to send nothing
    interval: float  # seconds between two bytes
    status: int
    retry_after: str | None
    headers: dict[str, str]
    body: str
    body_base64: str
    location: str | None
    size: int


_TYPES: dict[str, Any] = {
    "score": (str, int, float, Decimal),
    "faces": (int,),
    "response_code": (int,),
    "delay": (int, float),
    "seconds": (int, float),
    "interval": (int, float),
    "status": (int,),
    "retry_after": (str, int, type(None)),
    "headers": (dict,),
    "body": (str,),
    "body_base64": (str,),
    "location": (str, type(None)),
    "size": (int,),
}
_RANGES: dict[str, tuple[float, float]] = {
    "faces": (0, 100),
    "delay": (0, 3600),
    "seconds": (0, 3600),
    "interval": (0, 3600),
    "status": (200, 599),
    "size": (0, 256 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True)
class ScriptedOutcome:
    """One outcome with all its options filled in.

    `needs_valid_request` marks one that only a request with the right credentials and a
    readable form uses up.
    """

    name: str
    options: Options
    needs_valid_request: bool


def complete_options(outcome: str, defaults: Options, given: Mapping[str, object]) -> Options:
    """The given options, checked, over the defaults.

    Raises:
        InvalidOutcomeError: the outcome has no such option, or the value cannot be used.
    """
    for name, value in given.items():
        if name not in defaults:
            takes = ", ".join(sorted(defaults))
            raise InvalidOutcomeError(f"{outcome!r} takes {takes}; not {name!r}")
        _check(name, value)
    return cast("Options", {**defaults, **given})


def _check(name: str, value: Any) -> None:  # noqa: ANN401 - it comes as JSON, unchecked
    if isinstance(value, bool) or not isinstance(value, _TYPES[name]):
        raise InvalidOutcomeError(f"{name} cannot be a {type(value).__name__}")
    if name in _RANGES and not _RANGES[name][0] <= value <= _RANGES[name][1]:
        raise InvalidOutcomeError(f"{name} must be from {_RANGES[name][0]} to {_RANGES[name][1]}")
    if name == "headers" and not all(isinstance(v, str) for pair in value.items() for v in pair):
        raise InvalidOutcomeError("headers must be names and texts")
    if name == "body_base64":
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise InvalidOutcomeError("body_base64 is not base64") from error


class OutcomeQueue:
    """A first-in first-out queue of outcomes, and the one used when it is empty. Thread-safe."""

    def __init__(self, default: ScriptedOutcome) -> None:
        self._lock = threading.Lock()
        self._queue: deque[ScriptedOutcome] = deque()
        self._default = default

    def add(self, outcome: ScriptedOutcome, count: int = 1, *, replace: bool = False) -> None:
        """Queue the outcome `count` times; `replace` empties the queue first.

        Raises:
            InvalidOutcomeError: the count is below 1, or more than the queue can hold.
        """
        with self._lock:
            if isinstance(count, bool) or not 1 <= count <= MOST_QUEUED - len(self._queue):
                raise InvalidOutcomeError(f"count must leave the queue at 1 to {MOST_QUEUED}")
            if replace:
                self._queue.clear()
            self._queue.extend([outcome] * count)

    def set_default(self, outcome: ScriptedOutcome) -> None:
        """Use this outcome from now on whenever the queue is empty."""
        with self._lock:
            self._default = outcome

    def clear(self) -> None:
        """Empty the queue; the default stays."""
        with self._lock:
            self._queue.clear()

    def take(self, *, valid_request: bool) -> ScriptedOutcome | None:
        """The next outcome; None if it needs a valid request and this one is not, and it stays."""
        with self._lock:
            outcome = self._queue[0] if self._queue else self._default
            if outcome.needs_valid_request and not valid_request:
                return None
            if self._queue:
                self._queue.popleft()
            return outcome

    def names(self) -> tuple[tuple[str, ...], str]:
        """The queued outcomes, next first, and the default."""
        with self._lock:
            return tuple(outcome.name for outcome in self._queue), self._default.name
