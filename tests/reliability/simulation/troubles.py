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
Error = Callable[[], BaseException]


class UnexpectedError(Exception):
    """An error of a type that nothing expects, from any layer."""


def refusal(code: str) -> Error:
    """AWS answers with an error of this code."""
    return lambda: ClientError({"Error": {"Code": code, "Message": ERROR_CANARY}}, "Any")


def _timeout() -> BaseException:
    return ReadTimeoutError(endpoint_url=_ENDPOINT)


def _unreachable() -> BaseException:
    return EndpointConnectionError(endpoint_url=_ENDPOINT)


def _unexpected() -> BaseException:
    return UnexpectedError(ERROR_CANARY)


# What any effect can meet, and whether it hangs first.
_ANY: Final[dict[str, tuple[Moment, Error, bool]]] = {
    "throttled": ("before", refusal("ThrottlingException"), False),
    "unreachable": ("before", _unreachable, False),
    "hung": ("before", _timeout, True),
    "lost": ("after", _timeout, False),
    "hung and lost": ("after", _timeout, True),
    "unexpected": ("before", _unexpected, False),
    "unexpected after": ("after", _unexpected, False),
}
_KINDS: Final = _ANY | {
    "failed": ("before", refusal("InternalServerError"), False),
    "denied": ("before", refusal("AccessDeniedException"), False),
    "missing": ("before", refusal("ResourceNotFoundException"), False),
    "cut": ("before", lambda: ConnectionClosedError(endpoint_url=_ENDPOINT), False),
    "retried": ("after", lambda: SdkRetryError("again"), False),
}
DOWN: Final = ("throttled", "unreachable", "failed", "denied", "cut")
"""How a service says that it does nothing now."""
# How long a call hangs until its own timeout ends it (`bootstrap.clients`): once, or twice and a
# pause.
_HANGS_ONCE: Final = frozenset(
    {
        "table.put",
        "table.update",
        "emergency.send",
        "breaker.save",
        "breaker.count",
        "breaker.get",
        "budget.update",
    }
)
_ONCE, _TWICE = 1.5, 3.0


def trouble(effect: str, kind: str, times: int = 1) -> Trouble:
    """One trouble by its name; it is met the first `times` times.

    Raises:
        KeyError: there is no such trouble.
    """
    moment, error, hangs = _KINDS[kind]
    seconds = (_ONCE if effect in _HANGS_ONCE else _TWICE) if hangs else 0.0
    return Trouble(kind, effect, moment, error, seconds, times)


def outage(effects: Iterable[str], kind: str = "unreachable") -> list[Trouble]:
    """The same trouble for all of these effects, until it is taken away."""
    return [trouble(effect, kind, FOREVER) for effect in effects]


def _named(*effects: str) -> list[tuple[str, str]]:
    """Every trouble these effects can meet."""
    found = [(effect, kind) for effect in effects for kind in _ANY]
    retried = [(effect, "retried") for effect in effects if effect in {"table.put", "table.update"}]
    return found + retried


_ALONE: Final = [
    ("secret.fingerprint", "hung"), ("secret.upstream", "unreachable"), ("secret.upstream", "hung"),
    ("breaker.save", "unreachable"), ("breaker.save", "hung"), ("breaker.count", "hung"),
    ("transport.post", "unexpected"), ("telemetry.log", "unexpected"),
    ("telemetry.count", "unexpected"),
]  # fmt: skip
OF_VERIFY: Final = [*_named("table.put", "table.update", "emergency.send"), *_ALONE]
OF_SWEEP: Final = [*_named("table.query", "table.update"), ("telemetry.log", "unexpected")]
OF_RECOVER: Final = [*_named("table.update"), ("telemetry.count", "unexpected")]
OF_PUBLISH: Final = [*_named("bus.put", "letters.send"), ("telemetry.count", "unexpected")]
