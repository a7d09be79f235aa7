"""The events consumers receive, built from stored terminal versions only (docs/design.md).

Nothing biometric is in an event: no boxes, no image. The types below are the contract; the JSON
Schemas in `contracts/events/` are generated from them.
"""

import hashlib
from datetime import datetime
from typing import Final, Literal, NotRequired

from typing_extensions import TypedDict

from liveness_gateway.verifications.model import Decision, Status, UpstreamReceipt, Verification

SOURCE: Final = "liveness-gateway"

DETAIL_TYPES: Final = {
    Status.COMPLETED: "LivenessVerificationCompleted",
    Status.FAILED: "LivenessVerificationFailed",
    Status.UNKNOWN: "LivenessVerificationUnknown",
}


class EventMetadata(TypedDict):
    """Who speaks, of which version, and when. Consumers drop an `id` they have seen before."""

    id: str
    version: int
    occurred_at: str
    correlation_id: str
    client_id: str
    stage: str


class UpstreamBody(TypedDict):
    """What the liveness API says of its own work, kept verbatim: its times have no zone."""

    api_req_uid: str | None
    response_code: int | None
    requested_at: str | None
    processed_at: str | None


class EventData(TypedDict):
    """The record without anything biometric."""

    verification_id: str
    status: Literal["completed", "failed", "unknown"]
    reasons: list[str]
    threshold: float
    created_at: str
    expires_at: str
    decision: NotRequired[Literal["live", "not_live", "inconclusive"]]
    score: NotRequired[float]
    upstream: NotRequired[UpstreamBody]
    subject_ref: NotRequired[str]
    completed_at: NotRequired[str]
    problem_code: NotRequired[str]


class EventDetail(TypedDict):
    """The `detail` of every event of ours."""

    metadata: EventMetadata
    data: EventData


def event_id(verification: Verification) -> str:
    """The id under which this version is announced, however often: 32 hexadecimal digits.

    The creation time is part of it because a key used again after its record expired makes a new
    verification under the same verification_id.
    """
    created = rfc3339(verification.created_at)
    text = f"{verification.verification_id}\n{created}\n{verification.version}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def rfc3339(moment: datetime) -> str:
    """A UTC time as RFC 3339 writes it, in milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def upstream_body(receipt: UpstreamReceipt | None) -> UpstreamBody:
    """Upstream's receipt as records and events show it."""
    receipt = receipt or UpstreamReceipt()
    return {
        "api_req_uid": receipt.api_req_uid,
        "response_code": receipt.response_code,
        "requested_at": receipt.requested_at,
        "processed_at": receipt.processed_at,
    }


_STATUS_WORDS: Final[dict[Status, Literal["completed", "failed", "unknown"]]] = {
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.UNKNOWN: "unknown",
}
_DECISION_WORDS: Final[dict[Decision, Literal["live", "not_live", "inconclusive"]]] = {
    Decision.LIVE: "live",
    Decision.NOT_LIVE: "not_live",
    Decision.INCONCLUSIVE: "inconclusive",
}


def event_detail(verification: Verification, stage: str) -> EventDetail:
    """The event of a terminal version.

    Raises:
        KeyError: the version is not terminal.
        ValueError: the version says when it was settled to nobody.
    """
    if verification.settled_at is None:
        raise ValueError("this version was never settled")
    occurred_at = rfc3339(verification.settled_at)
    return {
        "metadata": {
            "id": event_id(verification),
            "version": verification.version,
            "occurred_at": occurred_at,
            "correlation_id": verification.correlation_id,
            "client_id": verification.client_id,
            "stage": stage,
        },
        "data": _data(verification, occurred_at),
    }


def _data(verification: Verification, occurred_at: str) -> EventData:
    data: EventData = {
        "verification_id": verification.verification_id,
        "status": _STATUS_WORDS[verification.status],
        "reasons": list(verification.reasons),
        "threshold": float(verification.threshold),
        "created_at": rfc3339(verification.created_at),
        "expires_at": rfc3339(verification.expires_at),
    }
    if verification.decision is not None and verification.score is not None:
        data["decision"] = _DECISION_WORDS[verification.decision]
        data["score"] = float(verification.score)
        data["completed_at"] = occurred_at
        data["upstream"] = upstream_body(verification.upstream)
    if verification.subject_ref is not None:
        data["subject_ref"] = verification.subject_ref
    if verification.problem_code is not None:
        data["problem_code"] = verification.problem_code
    return data
