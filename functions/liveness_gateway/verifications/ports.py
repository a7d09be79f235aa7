"""What the service needs of the world, as protocols. Adapters implement them; fakes do in tests."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from liveness_gateway.verifications.model import (
    Claimed,
    Selfie,
    Settlement,
    UpstreamAnswer,
    Verification,
)


class Clock(Protocol):
    """Time of day and time that only goes forward."""

    def now(self) -> datetime:
        """The time in UTC, with its zone."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Ledger(Protocol):
    """The table of verifications: claim first, settle once."""

    def claim(self, claim: Verification) -> Verification | None:
        """Store a `processing` record where none is live, or return the one that stands there.

        Returns None when the claim was stored: the caller, and nobody else, may call upstream.

        Raises:
            LedgerUnavailable: the table did not say; upstream must not be called.
        """
        ...

    def reclaim(self, failed: Verification, claim: Verification) -> Verification | None:
        """Start the next attempt on a `failed` record (nothing was charged for it).

        Returns the claim as stored (its attempt counted up), or None when another caller won.

        Raises:
            LedgerUnavailable: the table did not say; upstream must not be called.
        """
        ...

    def settle(self, settlement: Settlement) -> Verification:
        """Store a terminal result and return the record: one conditional write, result and outbox.

        Allowed from `processing` of the same attempt, and from its `unknown` to a result. The
        same result twice is stored once; what is `unknown` already stays as it is.

        Raises:
            LedgerUnavailable: the write's outcome is not known.
            SettleRefused: the transition is not allowed.
        """
        ...

    def get(self, verification_id: str) -> Verification | None:
        """The stored record, or None. Strongly consistent.

        Raises:
            LedgerUnavailable: the table did not answer.
        """
        ...

    def overdue(self, now: datetime) -> Iterable[Claimed]:
        """Every `processing` attempt whose deadline has passed, found without a table scan.

        Raises:
            LedgerUnavailable: the table did not answer.
        """
        ...


class Upstream(Protocol):
    """The liveness API."""

    def verify(self, selfie: Selfie, threshold: Decimal, deadline: float) -> UpstreamAnswer:
        """Ask for one verification; the call ends by `deadline` (monotonic seconds).

        Raises:
            NotCharged: certainly nothing was charged.
            OutcomeUnknown: the selfie was sent and no usable answer came.
        """
        ...


class EventBus(Protocol):
    """Where terminal versions are announced."""

    def put(self, events: list[dict[str, str]]) -> list[str | None]:
        """Publish; for each event None when the bus took it, else the bus's error code."""
        ...


class EmergencyQueue(Protocol):
    """Where a paid result waits when the table cannot take it."""

    def keep(self, settlement: Settlement) -> bool:
        """Keep the result for the consumer that will settle it; whether the queue took it."""
        ...


class DeadLetters(Protocol):
    """Where what cannot be announced waits for the operator."""

    def send(self, body: str) -> bool:
        """Keep a letter; whether the queue took it."""
        ...


class Fingerprints(Protocol):
    """Makes the fingerprint by which a repeated request is told from another."""

    def of(self, selfie: Selfie, threshold: Decimal, subject_ref: str | None) -> str:
        """An HMAC over the content, keyed by a secret of the stack's own.

        Raises:
            CredentialsUnavailable: the key is out of reach.
        """
        ...


class Journal(Protocol):
    """What the operator sees: a structured log line and a count. Nothing biometric."""

    def note(self, message: str, *, level: int, **fields: object) -> None:
        """Write one log line."""
        ...

    def count(self, metric: str, value: int = 1) -> None:
        """Count something an alarm or a graph is made of."""
        ...
