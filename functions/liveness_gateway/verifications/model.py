"""What a verification is, as types.

Nothing here does I/O. Scores, thresholds and coordinates are `Decimal`, so that a threshold of 0.6
and a score of 0.6 are equal.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from liveness_gateway.limits import Limit
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
    """A checked image. Its bytes are never part of a repr, so no log can hold them.

    Attributes:
        pieces: the file, one piece after the other.
        image: what its header says.
    """

    pieces: tuple[bytes | memoryview, ...]
    image: Image

    @property
    def content(self) -> bytes:
        """The file in one piece: a copy, unless it is one."""
        return b"".join(self.pieces)


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

    Guarantees a finite score in [0, 1] where there is exactly one face (R12); otherwise the score
    may be None. `face_count` is the number of faces upstream found; `faces` are those whose boxes
    can be trusted, at most 100. `width` and `height` are upstream's own, or None. `left_out` counts
    the parts that could not be trusted and decide nothing.
    """

    score: Decimal | None
    face_count: int
    faces: tuple[Face, ...]
    width: int | None
    height: int | None
    receipt: UpstreamReceipt
    left_out: int = 0


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
        return AttemptReference(self.verification_id, self.attempt, self.deadline)

    def readable_by(self, client_id: str, now: datetime) -> bool:
        """Whether this client may see the record now: it is theirs and has not expired (I11)."""
        return self.client_id == client_id and now < self.expires_at

    def problem(
        self,
        *,
        replayed: bool = False,
        retry_after: int | None = None,
        limits: tuple[Limit, ...] = (),
    ) -> ProblemError:
        """The problem a `failed` or `unknown` record is shown as, the same each time (I6).

        What a caller hears at once: `retry_after` is upstream's own, `limits` is what is left.
        """
        row = CATALOGUE[self.problem_code or "internal"]
        return ProblemError(
            row.code,
            f"This verification is {self.status}: {', '.join(self.reasons)}.",
            verification_id=self.verification_id,
            replayed=replayed,
            retry_after=retry_after,
            limits=limits,
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

    `problem_code` is set on `failed` and `unknown`, and there `reasons` says why; score, decision,
    faces and upstream's receipt on `completed`.

    Raises:
        ValueError: it contradicts itself. A result that says `live` without one face and a score in
            [0, 1] cannot be made, nor one that is `failed` or `unknown` with a decision (R12, I10).
    """

    attempt_reference: AttemptReference
    status: Status
    ended_at: datetime
    reasons: tuple[str, ...] = ()
    decision: Decision | None = None
    score: Decimal | None = None
    face_count: int = 0
    faces: tuple[Face, ...] = ()
    image: Image | None = None
    upstream: UpstreamReceipt | None = None
    problem_code: str | None = None

    def __post_init__(self) -> None:
        if self.status is Status.COMPLETED:
            boxes = len(self.faces) <= self.face_count
            consistent = self.problem_code is None and boxes and _is_decided(self)
        else:
            consistent = (
                self.status is not Status.PROCESSING
                and self.problem_code in CATALOGUE
                and bool(self.reasons)
                and (self.decision, self.score, self.faces) == (None, None, ())
            )
        if not consistent:
            raise ValueError(f"a result that is {self.status} and contradicts itself")


def _is_decided(result: TerminalResult) -> bool:
    decided, score = (result.decision, result.reasons), result.score
    if score is None or result.face_count == 0:
        return decided in _UNDECIDED
    return 0 <= score <= 1 and decided in {*_UNDECIDED, *_DECIDED}


_UNDECIDED: Final = (
    (Decision.INCONCLUSIVE, ("no_face",)), (Decision.INCONCLUSIVE, ("multiple_faces",))
)  # fmt: skip
_DECIDED: Final = ((Decision.LIVE, ()), (Decision.NOT_LIVE, ("below_threshold",)))


def decimal_text(number: Decimal) -> str:
    """A number as plain ASCII digits, equal in value whatever its length; one text per value.

    `Decimal.normalize` would round to the 28 digits of the context.
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
