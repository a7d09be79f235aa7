"""What one call means: for the verification it was made for, and for everybody else's.

Only what speaks of upstream's health or of our own account counts for the circuit breaker:
connections, timeouts, 5xx, 429, and refusals of our credentials or our limit in the form that the
liveness API itself gives. What one request can provoke (its picture, its threshold, or something
in between that dislikes them) is judged for that request alone.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from math import ceil
from typing import Final, NamedTuple

from liveness_gateway.adapters.upstream.answers import (
    NO_FACE,
    BadAnswerError,
    error_code,
    read_answer,
)
from liveness_gateway.adapters.upstream.replies import Reply
from liveness_gateway.verifications.model import UpstreamAnswer, UpstreamReceipt
from liveness_gateway.verifications.ports import (
    NotChargedError,
    OutcomeUnknownError,
    UpstreamError,
)

# A second call is made only if upstream asks to wait for at most so many seconds.
_SOON: Final = 2
_SECONDS: Final = re.compile(r"[0-9]+", re.ASCII)
# RFC 9110, 5.6.7: the preferred form of a date and the two obsolete ones, which are still read.
_DATE: Final = re.compile(
    r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
    r"|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}",
    re.ASCII,
)
_TROUBLE: Final = frozenset(
    {"timeout", "connection_lost", "answer_cut", "connect_timeout", "connection_refused", "tls"}
)
_FAILED: Final = 500


class Health(Enum):
    """What a call says about upstream."""

    WELL = auto()  # it gave an answer of its own
    TROUBLED = auto()  # it cannot be reached, or fails
    REFUSING = auto()  # it refuses our credentials, or our limit is reached
    UNDECIDED = auto()  # nothing: this one request was refused, by whatever stands in between


class Failure(NamedTuple):
    """A call without a usable answer.

    Attributes:
        error: what it means for the verification.
        health: what it says about upstream.
        wait: the call may be made once more after so many seconds; None for never.
        new_credentials: it may be made once more if newer credentials are found.
    """

    error: UpstreamError
    health: Health
    wait: float | None = None
    new_credentials: bool = False


Outcome = UpstreamAnswer | Failure


def not_sent(reason: str) -> Failure:
    """Nothing was sent: the call may be made once more."""
    health = Health.TROUBLED if reason in _TROUBLE else Health.UNDECIDED
    return Failure(NotChargedError("upstream_unavailable", reason), health, wait=0.0)


def answer_lost(reason: str) -> Failure:
    """The selfie was sent, and no whole answer came."""
    code = "upstream_timeout" if reason == "timeout" else "upstream_bad_answer"
    health = Health.TROUBLED if reason in _TROUBLE else Health.UNDECIDED
    return Failure(OutcomeUnknownError(code, reason), health)


def outcome_of(reply: Reply, now: datetime) -> Outcome:
    """What a reply means; `now` is the time that a date in `Retry-After` is compared with."""
    if 200 <= reply.status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
        return _of_success(reply)
    code = error_code(reply.body)
    match reply.status:
        case 401 | 403:
            return _of_refusal(reply, now, ours=code is not None)
        case 429 | 503:
            return _of_later(reply, now)
        case status if status >= _FAILED:
            return _unknown(reply, Health.TROUBLED)
    if code == NO_FACE:
        return UpstreamAnswer(None, 0, (), None, None, UpstreamReceipt(request_id=reply.request_id))
    return _unknown(reply, Health.UNDECIDED if code is None else Health.WELL)


def retry_after(reply: Reply, now: datetime) -> int | None:
    """The seconds of `Retry-After` (RFC 9110 section 10.2.3): a number, or a date; else None."""
    text = (reply.retry_after or "").strip()
    if _SECONDS.fullmatch(text):
        return int(text)
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, ceil((moment - now).total_seconds()))


def _of_success(reply: Reply) -> Outcome:
    try:
        return read_answer(reply.body, reply.request_id)
    except BadAnswerError as bad:
        health = Health.WELL if bad.document else Health.UNDECIDED
        reason = "unusable_answer" if not bad.error_code else f"upstream_error_{bad.error_code}"
    error = OutcomeUnknownError("upstream_bad_answer", reason, request_id=reply.request_id)
    return Failure(error, health)


def _of_refusal(reply: Reply, now: datetime, *, ours: bool) -> Failure:
    if reply.status == 403 and not ours:  # noqa: PLR2004 - Forbidden
        return _unknown(reply, Health.UNDECIDED)
    code, reason = (
        ("upstream_unavailable", "credentials_refused")
        if reply.status == 401  # noqa: PLR2004 - Unauthorized
        else ("upstream_limit", "limit_reached")
    )
    error = NotChargedError(
        code, reason, request_id=reply.request_id, retry_after=retry_after(reply, now)
    )
    health = Health.REFUSING if ours else Health.UNDECIDED
    return Failure(error, health, new_credentials=True)


def _of_later(reply: Reply, now: datetime) -> Failure:
    """429 is a refusal; 503 is one only if it says when to come back (RFC 9110, 15.6.4)."""
    seconds = retry_after(reply, now)
    if reply.status == 503 and seconds is None:  # noqa: PLR2004 - Service Unavailable
        return _unknown(reply, Health.TROUBLED)
    error = NotChargedError(
        "upstream_unavailable",
        f"upstream_status_{reply.status}",
        request_id=reply.request_id,
        retry_after=seconds,
    )
    soon = seconds is not None and seconds <= _SOON and _SECONDS.fullmatch(reply.retry_after or "")
    return Failure(error, Health.TROUBLED, wait=seconds if soon else None)


def _unknown(reply: Reply, health: Health) -> Failure:
    error = OutcomeUnknownError(
        "upstream_bad_answer", f"upstream_status_{reply.status}", request_id=reply.request_id
    )
    return Failure(error, health)
