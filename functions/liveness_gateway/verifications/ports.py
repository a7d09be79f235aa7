"""What the use cases need from outside, as protocols, and the errors that they raise.

The adapters implement them; in the tests, fakes do.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from liveness_gateway.problems import CATALOGUE
from liveness_gateway.verifications.model import (
    AttemptReference,
    Selfie,
    TerminalResult,
    UpstreamAnswer,
    UpstreamReceipt,
    Verification,
)


class UpstreamError(Exception):
    """The liveness API gave no usable answer.

    Attributes:
        code: the problem the caller will be shown.
        reason: one stable word for the record, the event and the log.
        charged: False only where it is certain that nothing was charged.
        receipt: upstream's `X-Request-ID`, where it answered at all.
        retry_after: the seconds after which upstream can be asked again, where they are known.
    """

    charged = True

    def __init__(
        self,
        code: str,
        reason: str,
        *,
        request_id: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {reason}")
        self.retry_after = retry_after
        self.code = CATALOGUE[code].code
        self.reason = reason
        self.receipt = UpstreamReceipt(request_id=request_id) if request_id else None


class NotChargedError(UpstreamError):
    """Nothing was sent, or upstream refused before charging: the verification `failed`."""

    charged = False


class OutcomeUnknownError(UpstreamError):
    """The selfie was sent and may be charged, but no usable answer came: it is `unknown`."""


class LedgerUnavailableError(Exception):
    """The table could not be read or written in time; what the write did is not known."""


class ResultRefusedError(Exception):
    """The ledger's condition refused a terminal result: the transition is not allowed."""


class CredentialsUnavailableError(Exception):
    """A secret is missing, malformed, denied or out of reach, and nothing is cached."""


class UnreadableError(ValueError):
    """An item or a message is not a record or a terminal result of ours."""


class Stored(NamedTuple):
    """What became of a terminal result.

    Attributes:
        version: of the record, with the result in it.
        before: the record, where it had this result before; None where this call stored it.
    """

    version: int
    before: Verification | None = None


class Ledger(Protocol):
    """The table of verifications: claimed first, ended once."""

    def claim(self, claim: Verification) -> Verification | None:
        """Store a `processing` record where none is live, or return the one that stands there.

        Returns None when the claim was stored: only the caller may call upstream.

        Raises:
            LedgerUnavailableError: the table did not say; upstream must not be called.
        """
        ...

    def reclaim(self, failed: Verification, claim: Verification) -> Verification | None:
        """Start the next attempt on a `failed` record (nothing was charged for it).

        Returns the claim as stored (its attempt counted up), or None when another caller won.

        Raises:
            LedgerUnavailableError: the table did not say; upstream must not be called.
        """
        ...

    def store(self, result: TerminalResult) -> Stored:
        """Store a terminal result: one conditional write, result and outbox.

        Allowed from `processing` of the same attempt, and from its `unknown` to a result. The
        same result twice is stored once; what is `unknown` already stays as it is.

        Raises:
            LedgerUnavailableError: the write's outcome is not known.
            ResultRefusedError: the transition is not allowed.
        """
        ...

    def get(self, verification_id: str) -> Verification | None:
        """The stored record, or None. Strongly consistent.

        Raises:
            LedgerUnavailableError: the table did not answer.
        """
        ...

    def overdue(self, now: datetime) -> Iterable[AttemptReference | None]:
        """Every `processing` attempt whose deadline has passed, found without a table scan.

        None stands for an entry that cannot be read.

        Raises:
            LedgerUnavailableError: the table did not answer.
        """
        ...


class Upstream(Protocol):
    """The liveness API."""

    def verify(
        self, selfie: Selfie, threshold: Decimal, deadline: float, spend: Callable[[], None]
    ) -> UpstreamAnswer:
        """Ask for one verification; the call ends by `deadline` (monotonic seconds).

        Args:
            selfie: what is judged.
            threshold: passed on.
            deadline: monotonic seconds.
            spend: called before each call that is made. What it raises forbids that call.

        Raises:
            NotChargedError: certainly nothing was charged.
            OutcomeUnknownError: the selfie was sent and no usable answer came.
        """
        ...


class EventBus(Protocol):
    """Where terminal versions are announced."""

    def put(self, events: list[dict[str, str]]) -> list[str | None]:
        """Publish; for each event None when the bus took it, else the bus's error code."""
        ...


class EmergencyQueue(Protocol):
    """Where a paid result waits when the table cannot take it."""

    def keep(self, result: TerminalResult) -> bool:
        """Keep the result for `recover`, which will store it; whether the queue took it."""
        ...


class DeadLetters(Protocol):
    """Where what cannot be announced waits for the operator."""

    def send(self, body: str) -> bool:
        """Keep a letter; whether the queue took it."""
        ...


class Fingerprints(Protocol):
    """Tells a repeated request from another, by a secret of the stack's own."""

    def of(self, selfie: Selfie, threshold: Decimal | None, subject_ref: str | None) -> str:
        """An HMAC over the content as the client sent it, so that no setting changes it.

        Raises:
            CredentialsUnavailableError: the secret is out of reach.
        """
        ...

    def verification_id(self, client_id: str, kind: str, name: str) -> str:
        """The id of the record of this client and name: 32 lowercase hexadecimal digits.

        The same three always give the same id; nobody computes it without the secret.

        Raises:
            CredentialsUnavailableError: the secret is out of reach.
        """
        ...
