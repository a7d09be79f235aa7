"""Posting a selfie with the real transport."""

import ssl
import time
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.verifications.model import Image, Selfie
from sandbox.selfies import draw_selfie

KEY: Final = "our-key-canary"
PATH: Final = "/v0.2/liveness-verification"
# How much later than its deadline a call may end.
SLACK: Final = 0.5


@cache
def jpeg() -> bytes:
    return draw_selfie(width=95, height=71)


@cache
def transport(tls: ssl.SSLContext | None = None) -> HttpTransport:
    """One transport for all: reading the list of trusted certificates takes its time."""
    return HttpTransport(tls)


def within(seconds: float) -> float:
    """A deadline."""
    return time.monotonic() + seconds


def post(
    url: str,
    *,
    content: bytes | None = None,
    threshold: str = "0.6",
    seconds: float = 10,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """Post a selfie in the dialect v0.2; the call has so many seconds."""
    data = jpeg() if content is None else content
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return transport(tls).post(
        url,
        {"app-id": "our-id", "app-key": KEY},
        Selfie(data, Image(95, 71, kind, len(data))),
        Decimal(threshold),
        within(seconds),
    )


def elapsed(call: Callable[[], object], kind: type[Exception], match: str) -> float:
    """Seconds until the call raised this error with exactly this text."""
    started = time.monotonic()
    with pytest.raises(kind, match=f"^{match}$"):
        call()
    return time.monotonic() - started
