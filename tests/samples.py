"""Selfies, answers, verifications and results to test with."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from liveness_gateway.verifications.model import (
    Decision,
    Face,
    Image,
    Point,
    Selfie,
    Status,
    TerminalResult,
    UpstreamAnswer,
    UpstreamReceipt,
    Verification,
)

Result = Callable[[Verification], TerminalResult]

NOON: Final = datetime(2025, 6, 1, 12, tzinfo=UTC)
SOON: Final = NOON + timedelta(seconds=3)
RECEIPT: Final = UpstreamReceipt("uid-1", 2, "2025-06-01 12:00:00", "2025-06-01 12:00:01", "req-1")


def selfie(content: bytes = b"\xff\xd8\xffa selfie", width: int = 95, height: int = 71) -> Selfie:
    """A checked selfie, whatever its bytes are."""
    return Selfie((content,), Image(width, height, "jpeg", len(content)))


def face(confidence: str = "0.9885") -> Face:
    """The face of the liveness API's own documents."""
    top_left = Point(Decimal("38.0577"), Decimal("4.0824"))
    return Face(Decimal(confidence), top_left, Point(Decimal("18.9982"), Decimal("25.3957")))


def answer(score: str = "0.9998", faces: int = 1) -> UpstreamAnswer:
    """A usable answer of the liveness API."""
    boxes = tuple(face() for _ in range(faces))
    return UpstreamAnswer(Decimal(score), faces, boxes, None, None, UpstreamReceipt())


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def claim(
    verification_id: str | None = None, at: datetime = NOON, **changes: object
) -> Verification:
    """A new claim, made at `at`; `changes` are attributes of `Verification`."""
    made = Verification(
        verification_id=verification_id or uuid.uuid4().hex,
        client_id="client-1",
        status=Status.PROCESSING,
        fingerprint="f1",
        threshold=Decimal("0.6"),
        image=Image(95, 71, "jpeg", 20480),
        subject_ref="subject-1",
        correlation_id="request-1",
        claim_id=uuid.uuid4().hex,
        created_at=at,
        deadline=at + seconds(60),
        expires_at=at + timedelta(hours=24),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # checked by who uses it


def completed(of: Verification, at: datetime = SOON, score: str = "0.9998") -> TerminalResult:
    return TerminalResult(
        attempt_reference=of.attempt_reference,
        status=Status.COMPLETED,
        ended_at=at,
        decision=Decision.LIVE,
        score=Decimal(score),
        face_count=1,
        faces=(face(),),
        image=Image(190, 142, "jpeg", 20480),
        upstream=RECEIPT,
    )


def failed(of: Verification, at: datetime = SOON) -> TerminalResult:
    return TerminalResult(
        attempt_reference=of.attempt_reference,
        status=Status.FAILED,
        ended_at=at,
        reasons=("connection_refused",),
        problem_code="upstream_unavailable",
    )


def unknown(of: Verification, at: datetime = SOON, reason: str = "timeout") -> TerminalResult:
    return TerminalResult(
        attempt_reference=of.attempt_reference,
        status=Status.UNKNOWN,
        ended_at=at,
        reasons=(reason,),
        problem_code="upstream_timeout",
        upstream=UpstreamReceipt(request_id="req-1"),
    )
