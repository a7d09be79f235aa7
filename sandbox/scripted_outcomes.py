"""What the caller orders to come next: the particulars, checked; the queue, in order."""

import base64
import binascii
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, cast

MOST_QUEUED = 100_000


class BadOrderError(ValueError):
    """An outcome or a particular that the sandbox does not know, or a value it cannot use."""


class Particulars(TypedDict, total=False):
    """What may be said about an outcome. Each outcome takes some of them."""

    score: str | float | Decimal  # written into the answer as this very text
    faces: int
    response_code: int
    delay: float  # seconds before anything is answered
    seconds: float  # how long to be silent
    interval: float  # seconds between two bytes
    status: int
    retry_after: str | None
    headers: dict[str, str]
    body: str
    body_base64: str
    location: str | None
    size: int


_ACCEPTED: dict[str, Any] = {
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
class Order:
    """One outcome with all its particulars filled in."""

    outcome: str
    particulars: Particulars
    judges: bool


def fill_in(outcome: str, defaults: Particulars, given: Mapping[str, object]) -> Particulars:
    """The defaults with what was given over them; BadOrderError names what does not fit."""
    for name, value in given.items():
        if name not in defaults:
            takes = ", ".join(sorted(defaults))
            raise BadOrderError(f"{outcome!r} takes {takes}; not {name!r}")
        _check(name, value)
    return cast("Particulars", {**defaults, **given})


def _check(name: str, value: Any) -> None:  # noqa: ANN401  # it comes as JSON, unchecked
    if isinstance(value, bool) or not isinstance(value, _ACCEPTED[name]):
        raise BadOrderError(f"{name} cannot be a {type(value).__name__}")
    if name in _RANGES and not _RANGES[name][0] <= value <= _RANGES[name][1]:
        raise BadOrderError(f"{name} must be from {_RANGES[name][0]} to {_RANGES[name][1]}")
    if name == "headers" and not all(isinstance(v, str) for pair in value.items() for v in pair):
        raise BadOrderError("headers must be names and texts")
    if name == "body_base64":
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise BadOrderError("body_base64 is not base64") from error


class Script:
    """A first-in first-out queue of orders, and what comes when it is empty. Thread-safe."""

    def __init__(self, default: Order) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Order] = deque()
        self._default = default

    def add(self, order: Order, count: int = 1, *, replace: bool = False) -> None:
        """Queue the order `count` times; `replace` forgets what was queued before."""
        with self._lock:
            if isinstance(count, bool) or not 1 <= count <= MOST_QUEUED - len(self._queue):
                raise BadOrderError(f"count must leave the queue at 1 to {MOST_QUEUED}")
            if replace:
                self._queue.clear()
            self._queue.extend([order] * count)

    def set_default(self, order: Order) -> None:
        """What comes from now on whenever the queue is empty."""
        with self._lock:
            self._default = order

    def clear(self) -> None:
        """Forget what is queued."""
        with self._lock:
            self._queue.clear()

    def take(self, *, acceptable: bool) -> Order | None:
        """The next order; None, and the order stays, if it judges and nothing can be judged."""
        with self._lock:
            order = self._queue[0] if self._queue else self._default
            if order.judges and not acceptable:
                return None
            if self._queue:
                self._queue.popleft()
            return order

    def waiting(self) -> tuple[tuple[str, ...], str]:
        """The queued outcomes, next first, and the default."""
        with self._lock:
            return tuple(order.outcome for order in self._queue), self._default.outcome
