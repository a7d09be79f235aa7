"""Every port of the service as a real class without a cloud; `tests.world` wires all of them.

Each fake announces its effects to `Faults` (before and after), so a test can make any of them fail,
lose an answer or die. The ledger lives in `tests.fake_ledger`, the faults in `tests.faults`.
"""

import hashlib
import hmac
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from liveness_gateway.verifications.model import (
    Face,
    Image,
    Point,
    Selfie,
    TerminalResult,
    UpstreamAnswer,
    UpstreamReceipt,
    decimal_text,
)
from liveness_gateway.verifications.ports import NotChargedError, UpstreamError
from tests.doubles.clock import NOON, ManualClock
from tests.doubles.telemetry import LogLine, RecordingTelemetry
from tests.fake_ledger import Change, FakeLedger
from tests.faults import EFFECTS, Faults, KilledError, SdkRetryError, Step

__all__ = [
    "EFFECTS",
    "FINGERPRINT_KEY",
    "NOON",
    "BusEntry",
    "Change",
    "FakeBus",
    "FakeEmergencyQueue",
    "FakeFingerprints",
    "FakeLedger",
    "FakeQueue",
    "FakeUpstream",
    "Faults",
    "KilledError",
    "LogLine",
    "ManualClock",
    "RecordingTelemetry",
    "SdkRetryError",
    "Step",
    "UpstreamCall",
    "answer",
    "face",
    "selfie",
]  # fmt: skip

FINGERPRINT_KEY: Final = b"the-fingerprint-key-of-the-tests"


@dataclass(frozen=True)
class UpstreamCall:
    """One call of the liveness API."""

    content: bytes
    threshold: Decimal
    deadline: float


Script = UpstreamAnswer | BaseException | Callable[[UpstreamCall], UpstreamAnswer]


class FakeUpstream:
    """Implements the `Upstream` port: does what is scripted next, else gives `standard`.

    Attributes:
        calls: every call, in order.
        charges: how many of them the liveness API may charge for (all but `NotChargedError`).
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._script: deque[Script] = deque()
        self._lock = threading.Lock()
        self.standard: Script = answer()
        self.calls: list[UpstreamCall] = []
        self.charges = 0

    def will(self, *scripts: Script) -> None:
        """Do these next: give an answer, raise an error, or call a function (it may block)."""
        self._script.extend(scripts)

    def verify(self, selfie: Selfie, threshold: Decimal, deadline: float) -> UpstreamAnswer:
        self._faults.at("upstream.verify", "before")
        call = UpstreamCall(selfie.content, threshold, deadline)
        with self._lock:
            self.calls.append(call)
            script = self._script.popleft() if self._script else self.standard
            self.charges += 1
        try:
            return self._do(script, call)
        except NotChargedError:
            with self._lock:
                self.charges -= 1
            raise
        finally:
            self._faults.at("upstream.verify", "after")

    def _do(self, script: Script, call: UpstreamCall) -> UpstreamAnswer:
        if isinstance(script, UpstreamError):
            # A new one each time: an exception raised twice collects the frames of both.
            request_id = script.receipt.request_id if script.receipt else None
            raise type(script)(script.code, script.reason, request_id=request_id)
        if isinstance(script, BaseException):
            raise script
        return script if isinstance(script, UpstreamAnswer) else script(call)


class FakeFingerprints:
    """Implements the `Fingerprints` port with a real HMAC under a fixed key."""

    def __init__(self, key: bytes = FINGERPRINT_KEY, faults: Faults | None = None) -> None:
        self._key = key
        self._faults = faults or Faults()

    def of(self, selfie: Selfie, threshold: Decimal, subject_ref: str | None) -> str:
        self._faults.at("fingerprints.of", "before")
        parts = (hashlib.sha256(selfie.content).hexdigest(), decimal_text(threshold), subject_ref)
        digest = hmac.new(self._key, repr(parts).encode(), hashlib.sha256).hexdigest()
        self._faults.at("fingerprints.of", "after")
        return digest


@dataclass(frozen=True)
class BusEntry:
    """An event the bus accepted."""

    source: str
    detail_type: str
    detail: str
    id: str


class FakeBus:
    """Implements the `EventBus` port.

    Attributes:
        accepted: what consumers receive, in order, doubles included.
        calls: how many events each call offered.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._next: deque[tuple[Mapping[int, str], bool]] = deque()
        self._poison: dict[str, str] = {}
        self.accepted: list[BusEntry] = []
        self.calls: list[int] = []

    def fail_next(self, codes: Mapping[int, str]) -> None:
        """In the next call refuse the entries at these places, each with its code."""
        self._next.append((codes, False))

    def fail_next_call(self, code: str, *, applied: bool = False) -> None:
        """Fail the next call as a whole; `applied`: the bus took all of it, its answer was lost."""
        self._next.append((dict.fromkeys(range(10), code), applied))

    def poison(self, event_id: str, code: str) -> None:
        """Refuse this event for ever."""
        self._poison[event_id] = code

    def put(self, events: list[dict[str, str]]) -> list[str | None]:
        if not 1 <= len(events) <= 10:
            raise ValueError("PutEvents takes 1 to 10 entries")
        self._faults.at("bus.put", "before")
        self.calls.append(len(events))
        codes, applied = self._next.popleft() if self._next else ({}, False)
        answers = [
            codes.get(place, self._poison.get(event["id"])) for place, event in enumerate(events)
        ]
        self.accepted += [
            BusEntry(**event)
            for event, code in zip(events, answers, strict=True)
            if code is None or applied
        ]
        self._faults.at("bus.put", "after")
        return answers


class FakeQueue:
    """Implements the `DeadLetters` port; `full` makes it take nothing."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.full = False
        self.bodies: list[str] = []

    def send(self, body: str) -> bool:
        self._faults.at("dead_letters.send", "before")
        if not self.full:
            self.bodies.append(body)
        self._faults.at("dead_letters.send", "after")
        return not self.full


class FakeEmergencyQueue:
    """Implements the `EmergencyQueue` port; `full` makes it take nothing."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.full = False
        self.kept: list[TerminalResult] = []

    def keep(self, result: TerminalResult) -> bool:
        self._faults.at("emergency.keep", "before")
        if not self.full:
            self.kept.append(result)
        self._faults.at("emergency.keep", "after")
        return not self.full


def selfie(content: bytes = b"\xff\xd8\xffa selfie", width: int = 95, height: int = 71) -> Selfie:
    """A checked selfie, whatever its bytes are."""
    return Selfie(content, Image(width, height, "jpeg", len(content)))


def face(confidence: str = "0.9885") -> Face:
    """The face of the liveness API's own documents."""
    top_left = Point(Decimal("38.0577"), Decimal("4.0824"))
    return Face(Decimal(confidence), top_left, Point(Decimal("18.9982"), Decimal("25.3957")))


def answer(score: str = "0.9998", faces: int = 1, **changes: object) -> UpstreamAnswer:
    """A usable answer of the liveness API; `changes` are attributes of `UpstreamAnswer`."""
    receipt = UpstreamReceipt(
        api_req_uid="e7e1-4a0b",
        response_code=2,
        requested_at="2025-06-01T12:00:00.100",
        processed_at="2025-06-01T12:00:00.900",
        request_id="upstream-1",
    )
    values: dict[str, object] = {
        "score": Decimal(score),
        "faces": tuple(face() for _ in range(faces)),
        "width": None,
        "height": None,
        "receipt": receipt,
    }
    return UpstreamAnswer(**(values | changes))  # type: ignore[arg-type]  # checked by its users
