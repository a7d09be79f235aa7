"""The problem catalogue: every failure a caller can see, and nothing else.

One row decides the status, the body, the log level and `docs/errors.md` of a failure. The body is
that of RFC 9457 (Problem Details for HTTP APIs) with four members of our own: `code`,
`retryable`, `correlation_id` and, where a record exists, `verification_id`.
"""

import logging
from typing import Final, NamedTuple

from liveness_gateway.limits import Limit

LONGEST_RETRY_AFTER: Final = 3600
TYPE_PREFIX: Final = "urn:liveness-gateway:problem:"


class ProblemType(NamedTuple):
    """One row of the catalogue.

    Attributes:
        code: the stable name a program switches on.
        status: the HTTP status.
        title: the same sentence for every occurrence (RFC 9457, section 3.1.3).
        advice: what the caller should do; `docs/errors.md` shows it.
        retry_after: seconds for the `Retry-After` header, or None when trying again is no use.
        log_level: of the line that reports it.
        retryable: whether the same request may succeed later.
        compat_status: the status on the compat routes, where the liveness API documents another.
    """

    code: str
    status: int
    title: str
    advice: str
    retry_after: int | None = None
    log_level: int = logging.INFO
    compat_status: int | None = None
    retryable: bool = False

    @property
    def type(self) -> str:
        """The URI reference that identifies this problem type (RFC 9457, section 3.1.1)."""
        return TYPE_PREFIX + self.code


_ROWS: Final = (
    ProblemType(
        "malformed_request",
        400,
        "The request could not be read.",
        "Send one complete multipart/form-data body with one `selfie` file and at most one "
        "`threshold` and one `subject_ref`. Let your HTTP library write the Content-Type.",
    ),
    ProblemType(
        "unauthorized",
        401,
        "The credential is missing or not known here.",
        "Send the gateway's API key in the `x-api-key` header.",
    ),
    ProblemType(
        "forbidden",
        403,
        "The credential does not allow this.",
        "Ask the operator of this gateway what your API key may do.",
    ),
    ProblemType(
        "not_found",
        404,
        "There is nothing here.",
        "Check the path and the verification id. Records expire, and another client's record is "
        "not found either.",
    ),
    ProblemType(
        "in_progress",
        409,
        "The same verification is still running.",
        "Wait for the seconds in `Retry-After` and send the same request again, or read the "
        "record under `instance`.",
        retry_after=2,
        retryable=True,
    ),
    ProblemType(
        "too_large",
        413,
        "The request is too large.",
        "Send a body of at most 4.4 MiB: scale the selfie down before posting it.",
    ),
    ProblemType(
        "unsupported_media",
        415,
        "This kind of content is not taken.",
        "Send multipart/form-data holding a JPEG or a PNG. Convert HEIC to JPEG first.",
    ),
    ProblemType(
        "invalid_selfie",
        422,
        "The selfie cannot be used.",
        "Send one whole JPEG or PNG of at most 50 megapixels, whose size can be read and lies "
        "within this gateway's limits.",
    ),
    ProblemType(
        "invalid_threshold",
        422,
        "The threshold cannot be used.",
        "Send a plain decimal from 0 to 1, such as 0.6, not below this gateway's minimum; or "
        "leave it out.",
    ),
    ProblemType(
        "idempotency_conflict",
        422,
        "This Idempotency-Key was used for another request.",
        "Use a new key for a new selfie, threshold or subject_ref; repeat a request unchanged.",
    ),
    ProblemType(
        "rate_limited",
        429,
        "Too many requests.",
        "Wait for the seconds in `Retry-After`, then send the same request again. Where the detail "
        "says `day_budget_used_up` or `month_budget_used_up`, your client's budget of "
        "verifications is used up until the next day or month begins, by UTC.",
        retry_after=1,
        retryable=True,
    ),
    ProblemType(
        "internal",
        500,
        "The gateway failed.",
        "Send the same request with the same Idempotency-Key again. If it goes on, tell the "
        "operator the correlation id.",
        log_level=logging.ERROR,
        retryable=True,
    ),
    ProblemType(
        "upstream_bad_answer",
        502,
        "The liveness API answered something that cannot be trusted.",
        "The verification is `unknown` and may have been charged. The same Idempotency-Key gives "
        "this answer again; use a new key to pay for a new verification.",
        log_level=logging.ERROR,
    ),
    ProblemType(
        "upstream_limit",
        503,
        "The usage limit of the liveness API is reached.",
        "Nothing was charged. Try again later; the operator has been notified.",
        retry_after=60,
        log_level=logging.ERROR,
        compat_status=403,
        retryable=True,
    ),
    ProblemType(
        "upstream_unavailable",
        503,
        "Verifications are not possible right now.",
        "Wait for the seconds in `Retry-After`, then send the same request with the same "
        "Idempotency-Key again: it is never charged twice.",
        retry_after=5,
        log_level=logging.ERROR,
        retryable=True,
    ),
    ProblemType(
        "upstream_timeout",
        504,
        "The answer of the liveness API was lost.",
        "The verification is `unknown` and may have been charged. The same Idempotency-Key gives "
        "this answer again; use a new key to pay for a new verification.",
        log_level=logging.ERROR,
    ),
)

CATALOGUE: Final = {row.code: row for row in _ROWS}


class ProblemError(Exception):
    """A failure the caller is told about.

    Guarantees that `code` is in the catalogue. `detail` is ours: it never holds a secret, input
    of the caller's, a path or text of upstream's.

    Raises:
        KeyError: the code is not in the catalogue.
    """

    def __init__(  # noqa: PLR0913 - a fact of the answer each; all but two keyword-only
        self,
        code: str,
        detail: str,
        *,
        verification_id: str | None = None,
        replayed: bool = False,
        retry_after: int | None = None,
        limits: tuple[Limit, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.limits = limits
        self.problem_type = CATALOGUE[code]
        self.detail = detail
        self.verification_id = verification_id
        self.replayed = replayed
        self._retry_after = retry_after

    @property
    def code(self) -> str:
        """The stable name of the problem."""
        return self.problem_type.code

    @property
    def retry_after(self) -> int | None:
        """Seconds for the `Retry-After` header; None where the catalogue has none.

        Upstream's own wish is passed on, from one second to one hour.
        """
        if self.problem_type.retry_after is None or self._retry_after is None:
            return self.problem_type.retry_after
        return min(max(self._retry_after, 1), LONGEST_RETRY_AFTER)
