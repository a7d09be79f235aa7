"""Posting a selfie with the real transport, to servers that do as they like.

No assertion here depends on how fast the machine is: `PATIENT` is a deadline that nothing reaches,
and `Impatient` is a clock whose deadline comes once the server has what it waits for.
"""

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.clock import Clock
from liveness_gateway.verifications.model import Image, Selfie
from sandbox.selfies import draw_selfie

KEY: Final = "our-key-canary"
PATH: Final = "/v0.2/liveness-verification"
# Longer than pytest lets a test run.
PATIENT: Final = 3600.0


@cache
def jpeg() -> bytes:
    return draw_selfie(width=95, height=71)


class Impatient:
    """A clock that stands still until the server has the request; then the deadline has come."""

    def __init__(self, server_has_it: threading.Event) -> None:
        self._server_has_it = server_has_it

    def monotonic(self) -> float:
        return PATIENT if self._server_has_it.is_set() else 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"the transport sleeps {seconds} s")


class PatientTransport(HttpTransport):
    """Has all the time it needs, where the clock of a test is not the machine's.

    Args:
        address: where it posts to, whatever it is told; None for what it is told.
    """

    def __init__(self, address: str | None = None) -> None:
        super().__init__()
        self._address = address

    def post(
        self,
        url: str,
        headers: dict[str, str],
        selfie: Selfie,
        threshold: Decimal,
        deadline: float,
    ) -> Reply:
        del deadline
        return super().post(self._address or url, headers, selfie, threshold, within(PATIENT))


@cache
def transport(tls: ssl.SSLContext | None = None) -> HttpTransport:
    """One transport for all: reading the list of trusted certificates takes its time."""
    return HttpTransport(tls)


def within(seconds: float) -> float:
    """A deadline."""
    return time.monotonic() + seconds


def post(  # noqa: PLR0913 - one side of an exchange each; all but one are keyword-only
    url: str,
    *,
    content: bytes | None = None,
    threshold: str = "0.6",
    seconds: float = PATIENT,
    tls: ssl.SSLContext | None = None,
    clock: Clock | None = None,
) -> Reply:
    """Post a selfie in the dialect v0.2; the call has so many seconds."""
    data = jpeg() if content is None else content
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    used = HttpTransport(tls or ssl.create_default_context(), clock) if clock else transport(tls)
    return used.post(
        url,
        {"app-id": "our-id", "app-key": KEY},
        Selfie((data,), Image(95, 71, kind, len(data))),
        Decimal(threshold),
        PATIENT if clock else within(seconds),
    )


def raises(kind: type[Exception], reason: str) -> AbstractContextManager[object]:
    """The call ends with this error, and exactly this reason."""
    return pytest.raises(kind, match=f"^{reason}$")


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until this holds; where it never does, the test's own limit of time ends it."""
    while not condition():
        time.sleep(0.01)
