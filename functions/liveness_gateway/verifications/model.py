"""What a verification is, as types, and how it is decided.

Nothing here does I/O. Scores, thresholds and coordinates are `Decimal`, so that a threshold of 0.6
and a score of 0.6 are equal.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from liveness_gateway.problems import CATALOGUE, ProblemError


class Status(StrEnum):
    """Where a verification stands (docs/design.md)."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """The gateway's decision about a completed verification."""

    LIVE = "live"
    NOT_LIVE = "not_live"
    INCONCLUSIVE = "inconclusive"


class MultipleFaces(StrEnum):
    """The stage's policy for a selfie on which upstream saw several faces."""

    INCONCLUSIVE = "inconclusive"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Point:
    """A position or an extent in pixels of the selfie."""

    x: Decimal
    y: Decimal


@dataclass(frozen=True, slots=True)
class Face:
    """A face upstream found: `delta` is the width and height of its box."""

    confidence: Decimal
    top_left: Point
    delta: Point


@dataclass(frozen=True, slots=True)
class Image:
    """What is kept of a selfie. Sides are pixels."""

    width: int
    height: int
    format: str
    bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class Selfie:
    """A checked image. Its bytes are never part of a repr, so no log can hold them."""

    content: bytes
    image: Image


@dataclass(frozen=True, slots=True)
class UpstreamReceipt:
    """What upstream says of its own work, kept verbatim: its times have no zone."""

    api_req_uid: str | None = None
    response_code: int | None = None
    requested_at: str | None = None
    processed_at: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpstreamAnswer:
    """A real answer of the liveness API, in one shape for every dialect.

    Guarantees a finite score in [0, 1] (R12). `width` and `height` are upstream's own, or None.
    """

    score: Decimal
    faces: tuple[Face, ...]
    width: int | None
    height: int | None
    receipt: UpstreamReceipt


@dataclass(frozen=True, slots=True)
class Verification:
    """One selfie judged once: the record, and so the entry in the ledger.

    `version` counts the terminal states reached so far; `attempt` counts the claims. `deadline`
    is the moment after which a `processing` record is overdue. `claim_id` is random, so that a
    claim is known from any other, even of the very same request. `problem_code` is set on `failed`
    and `unknown`, and there `reasons` says why in stable words.
    """

    verification_id: str
    client_id: str
    status: Status
    fingerprint: str
    threshold: Decimal
    image: Image
    subject_ref: str | None
    correlation_id: str
    claim_id: str
    created_at: datetime
    deadline: datetime
    expires_at: datetime
    attempt: int = 1
    version: int = 0
    ended_at: datetime | None = None
    decision: Decision | None = None
    reasons: tuple[str, ...] = ()
    score: Decimal | None = None
    faces: tuple[Face, ...] = ()
    upstream: UpstreamReceipt | None = None
    problem_code: str | None = None

    @property
    def attempt_reference(self) -> "AttemptReference":
        """The current attempt of this record: a result must name it to be stored."""
        return AttemptReference(
            self.verification_id, self.attempt, self.deadline.replace(microsecond=0)
        )

    def readable_by(self, client_id: str, now: datetime) -> bool:
        """Whether this client may see the record now: it is theirs and has not expired (I11)."""
        return self.client_id == client_id and now < self.expires_at

    def problem(self, *, replayed: bool = False) -> ProblemError:
        """The problem a `failed` or `unknown` record is shown as, the same each time (I6)."""
        row = CATALOGUE[self.problem_code or "internal"]
        return ProblemError(
            row.code,
            f"This verification is {self.status}: {', '.join(self.reasons)}.",
            verification_id=self.verification_id,
            replayed=replayed,
        )


@dataclass(frozen=True, slots=True)
class AttemptReference:
    """The one attempt of one verification that a terminal result belongs to.

    A key used again after its record expired begins anew at attempt 1; the deadline (whole
    seconds) tells the two apart, so that a result kept for days is never stored for another selfie.
    """

    verification_id: str
    attempt: int
    deadline: datetime


@dataclass(frozen=True, slots=True)
class TerminalResult:
    """A terminal result on its way into the ledger.

    `problem_code` is set on `failed` and `unknown`; score, decision, faces and upstream's receipt
    on `completed`.
    """

    attempt_reference: AttemptReference
    status: Status
    ended_at: datetime
    reasons: tuple[str, ...] = ()
    decision: Decision | None = None
    score: Decimal | None = None
    faces: tuple[Face, ...] = ()
    image: Image | None = None
    upstream: UpstreamReceipt | None = None
    problem_code: str | None = None


def decimal_text(number: Decimal) -> str:
    """A number as plain ASCII digits, equal in value whatever its length; one text per value.

    `Decimal.normalize` would round to the 28 digits of the context.
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def verification_id(client_id: str, idempotency_key: str) -> str:
    """The id of the record for this client and key: 32 lowercase hexadecimal digits.

    The same two always give the same id, so the record itself tells a repeated request. The
    separator cannot occur in a client id, so no two pairs share one text.
    """
    return hashlib.sha256(f"{client_id}\n{idempotency_key}".encode()).hexdigest()[:32]


def decide(
    answer: UpstreamAnswer, threshold: Decimal, multiple_faces: MultipleFaces
) -> tuple[Decision, tuple[str, ...]]:
    """Judge an answer: the decision and its reasons (none when live).

    A score equal to the threshold is live. No face is never live, whatever the score; several
    faces are inconclusive unless the stage's policy trusts the one score upstream gives for all.
    """
    if not answer.faces:
        return Decision.INCONCLUSIVE, ("no_face",)
    if len(answer.faces) > 1 and multiple_faces is not MultipleFaces.SCORE:
        return Decision.INCONCLUSIVE, ("multiple_faces",)
    if answer.score >= threshold:
        return Decision.LIVE, ()
    return Decision.NOT_LIVE, ("below_threshold",)
