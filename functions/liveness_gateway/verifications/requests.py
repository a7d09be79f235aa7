"""What the use case of a POST is given, and what it gives back."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from liveness_gateway.verifications.model import MultipleFaces, Selfie, Verification


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """A request that has passed every rule of input.

    `deadline` is the monotonic second by which the answer of upstream must be there. Without an
    `idempotency_key` every request is a verification of its own.
    """

    client_id: str
    idempotency_key: str | None
    selfie: Selfie
    threshold: Decimal | None
    subject_ref: str | None
    correlation_id: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Policy:
    """The stage's rules for judging."""

    default_threshold: Decimal
    minimum_threshold: Decimal
    retention: timedelta
    multiple_faces: MultipleFaces


@dataclass(frozen=True, slots=True)
class Outcome:
    """A completed verification, and whether it was completed before this request."""

    verification: Verification
    replayed: bool
