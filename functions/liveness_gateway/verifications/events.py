"""The events consumers receive, built from stored terminal versions only (docs/design.md).

An event's `data` is the record without anything biometric: no boxes, no image. The types below are
the contract; the JSON Schemas in `contracts/events/` are generated from them.
"""

import hashlib
from typing import Final, Literal, NotRequired, cast

from typing_extensions import TypedDict

from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.records import (
    BIOMETRIC,
    BillingBody,
    UpstreamBody,
    rfc3339,
    verification_body,
)

SOURCE: Final = "liveness-gateway"

DETAIL_TYPES: Final = {
    Status.COMPLETED: "LivenessVerificationCompleted",
    Status.FAILED: "LivenessVerificationFailed",
    Status.UNKNOWN: "LivenessVerificationUnknown",
}


class EventMetadata(TypedDict):
    """Which version of which record is announced, and when. Consumers drop an `id` seen before."""

    id: str
    version: int
    occurred_at: str
    correlation_id: str
    client_id: str
    stage: str


class EventData(TypedDict):
    """The record without anything biometric."""

    verification_id: str
    status: Literal["completed", "failed", "unknown"]
    reasons: list[str]
    threshold: float
    billing: BillingBody
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


def event_detail(verification: Verification, stage: str) -> EventDetail:
    """The event of a terminal version.

    Raises:
        ValueError: the version is not terminal, or does not say when it ended.
    """
    if verification.status not in DETAIL_TYPES or verification.ended_at is None:
        raise ValueError("this version is not terminal")
    record = verification_body(verification)
    data = {name: value for name, value in record.items() if name not in BIOMETRIC}
    return {
        "metadata": {
            "id": event_id(verification),
            "version": verification.version,
            "occurred_at": rfc3339(verification.ended_at),
            "correlation_id": verification.correlation_id,
            "client_id": verification.client_id,
            "stage": stage,
        },
        # The status is one of the three; what is left of the record has the members of the event.
        "data": cast("EventData", data),
    }
