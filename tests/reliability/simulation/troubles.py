"""The troubles a process can meet, effect by effect, and how they look to the code."""

from collections.abc import Callable
from typing import Final

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.faults import Moment, SdkRetryError
from tests.invariants.processes import Trouble

_ENDPOINT: Final = "https://aws.example.com"


class UnforeseenError(Exception):
    """An error nobody thought of, from any layer."""


def _refusal(code: str) -> Callable[[], BaseException]:
    return lambda: ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")


def _timeout() -> BaseException:
    return ReadTimeoutError(endpoint_url=_ENDPOINT)


def _unreachable() -> BaseException:
    return EndpointConnectionError(endpoint_url=_ENDPOINT)


def _unforeseen() -> BaseException:
    return UnforeseenError("nobody thought of this")


def _kinds(hang: float) -> dict[str, tuple[Moment, Callable[[], BaseException], float]]:
    return {
        "throttled": ("before", _refusal("ThrottlingException"), 0.0),
        "unreachable": ("before", _unreachable, 0.0),
        "hung": ("before", _timeout, hang),
        "lost": ("after", _timeout, 0.0),
        "hung and lost": ("after", _timeout, hang),
        "unforeseen": ("before", _unforeseen, 0.0),
        "unforeseen after": ("after", _unforeseen, 0.0),
    }


# How long a call hangs until its own timeout ends it (`bootstrap`): once, or twice and a pause.
_ONCE: Final = 1.5
_TWICE: Final = 3.0
_HANG: Final = {
    "table.put": _ONCE, "table.update": _ONCE, "table.get": _TWICE, "table.query": _TWICE,
    "emergency.send": _ONCE, "letters.send": _TWICE, "bus.put": _TWICE,
    "secret.fingerprint": _TWICE, "secret.upstream": _TWICE, "breaker.save": _ONCE,
    "breaker.count": _ONCE,
}  # fmt: skip


def trouble(effect: str, kind: str, times: int = 1) -> Trouble:
    """One trouble by its name; it is met the first `times` times.

    Raises:
        KeyError: there is no such trouble.
    """
    if kind == "retried":
        return Trouble(kind, effect, "after", lambda: SdkRetryError("again"), times=times)
    moment, error, seconds = _kinds(_HANG.get(effect, 0.0))[kind]
    return Trouble(kind, effect, moment, error, seconds, times)


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
    ("transport.post", "unforeseen"),
    ("telemetry.log", "unforeseen"),
    ("telemetry.count", "unforeseen"),
]
OF_VERIFY: Final = [*names("table.put", "table.update", "emergency.send"), *_ALONE]
OF_SWEEP: Final = [*names("table.query", "table.update"), ("telemetry.log", "unforeseen")]
OF_RECOVER: Final = [*names("table.update"), ("telemetry.count", "unforeseen")]
OF_PUBLISH: Final = [*names("bus.put", "letters.send"), ("telemetry.count", "unforeseen")]
