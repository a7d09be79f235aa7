"""The troubles a process can meet, effect by effect, and how they look to the code.

The errors are those of botocore's clients, when all their own tries have failed.
"""

from collections.abc import Callable, Iterable
from typing import Final

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.faults import Moment, SdkRetryError
from tests.reliability.simulation.steering import Trouble

ERROR_CANARY: Final = "error-text-canary-71c4"
FOREVER: Final = 1_000_000
_ENDPOINT: Final = "https://aws.example.com"


class UnexpectedError(Exception):
    """An error of a type that nothing expects, from any layer."""


def refusal(code: str) -> Callable[[], BaseException]:
    """AWS answers with an error of this code."""
    return lambda: ClientError({"Error": {"Code": code, "Message": ERROR_CANARY}}, "Any")


def _timeout() -> BaseException:
    return ReadTimeoutError(endpoint_url=_ENDPOINT)


def _unreachable() -> BaseException:
    return EndpointConnectionError(endpoint_url=_ENDPOINT)


def _cut() -> BaseException:
    return ConnectionClosedError(endpoint_url=_ENDPOINT)


def _unexpected() -> BaseException:
    return UnexpectedError(ERROR_CANARY)


Kind = tuple[Moment, Callable[[], BaseException], float]


def _kinds(hang: float) -> dict[str, Kind]:
    return {
        "throttled": ("before", refusal("ThrottlingException"), 0.0),
        "unreachable": ("before", _unreachable, 0.0),
        "hung": ("before", _timeout, hang),
        "lost": ("after", _timeout, 0.0),
        "hung and lost": ("after", _timeout, hang),
        "unexpected": ("before", _unexpected, 0.0),
        "unexpected after": ("after", _unexpected, 0.0),
    }


_OTHERS: Final[dict[str, Kind]] = {
    "failed": ("before", refusal("InternalServerError"), 0.0),
    "denied": ("before", refusal("AccessDeniedException"), 0.0),
    "missing": ("before", refusal("ResourceNotFoundException"), 0.0),
    "cut": ("before", _cut, 0.0),
}
DOWN: Final = ("throttled", "unreachable", "failed", "denied", "cut")
"""How a service says that it does nothing now."""


# How long a call hangs until its own timeout ends it (`bootstrap.clients`): once, or twice and a
# pause.
_ONCE: Final = 1.5
_TWICE: Final = 3.0
_HANG: Final = {
    "table.put": _ONCE, "table.update": _ONCE, "table.get": _TWICE, "table.query": _TWICE,
    "emergency.send": _ONCE, "letters.send": _TWICE, "bus.put": _TWICE,
    "secret.fingerprint": _TWICE, "secret.upstream": _TWICE, "breaker.save": _ONCE,
    "breaker.count": _ONCE, "breaker.get": _ONCE,
}  # fmt: skip


def trouble(effect: str, kind: str, times: int = 1) -> Trouble:
    """One trouble by its name; it is met the first `times` times.

    Raises:
        KeyError: there is no such trouble.
    """
    if kind == "retried":
        return Trouble(kind, effect, "after", lambda: SdkRetryError("again"), times=times)
    moment, error, seconds = (_kinds(_HANG.get(effect, 0.0)) | _OTHERS)[kind]
    return Trouble(kind, effect, moment, error, seconds, times)


def outage(effects: Iterable[str], kind: str = "unreachable") -> list[Trouble]:
    """The same trouble for all of these effects, until it is taken away."""
    return [trouble(effect, kind, FOREVER) for effect in effects]


def names(*effects: str) -> list[tuple[str, str]]:
    """Every trouble these effects can meet."""
    found = [(effect, kind) for effect in effects for kind in _kinds(0.0)]
    retried = [(effect, "retried") for effect in effects if effect in {"table.put", "table.update"}]
    return found + retried


_ALONE: Final = [
    ("secret.fingerprint", "hung"),
    ("secret.upstream", "unreachable"),
    ("secret.upstream", "hung"),
    ("breaker.save", "unreachable"),
    ("breaker.save", "hung"),
    ("breaker.count", "hung"),
    ("transport.post", "unexpected"),
    ("telemetry.log", "unexpected"),
    ("telemetry.count", "unexpected"),
]
OF_VERIFY: Final = [*names("table.put", "table.update", "emergency.send"), *_ALONE]
OF_SWEEP: Final = [*names("table.query", "table.update"), ("telemetry.log", "unexpected")]
OF_RECOVER: Final = [*names("table.update"), ("telemetry.count", "unexpected")]
OF_PUBLISH: Final = [*names("bus.put", "letters.send"), ("telemetry.count", "unexpected")]
