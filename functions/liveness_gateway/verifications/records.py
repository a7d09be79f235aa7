"""A stored verification as it is shown: the one projection that answers and events are made of.

The types are the contract: `contracts/` is generated from them.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NotRequired

from typing_extensions import TypedDict

from liveness_gateway.verifications.model import (
    Decision,
    Face,
    Image,
    Status,
    UpstreamReceipt,
    Verification,
)

BIOMETRIC: Final = ("faces", "image")
"""The members of a record that no event carries."""


class PointBody(TypedDict):
    """A position or an extent in pixels."""

    x: float
    y: float


class FaceBody(TypedDict):
    """A face: its box starts at `top_left`; `delta` is the box's width and height."""

    confidence: float
    top_left: PointBody
    delta: PointBody


class ImageBody(TypedDict):
    """The selfie as it was judged; sides in pixels."""

    width: int
    height: int
    format: Literal["jpeg", "png"]
    bytes: int


class UpstreamBody(TypedDict):
    """What the liveness API says of its own work, kept verbatim: its times have no zone."""

    api_req_uid: str | None
    response_code: int | None
    requested_at: str | None
    processed_at: str | None


Charged = Literal["yes", "no", "unknown"]


class BillingBody(TypedDict):
    """What the liveness API may have charged for a verification, and how often it was attempted.

    `charged` is `unknown` while it runs, and where the API was asked and its answer was lost or
    unusable. At most one attempt is charged; those before the last were not.
    """

    charged: Charged
    attempts: int


class VerificationBody(TypedDict):
    """One selfie judged once. What a status has no value for is left out."""

    verification_id: str
    status: Literal["processing", "completed", "failed", "unknown"]
    reasons: list[str]
    threshold: float
    image: ImageBody
    billing: BillingBody
    created_at: str
    expires_at: str
    decision: NotRequired[Literal["live", "not_live", "inconclusive"]]
    score: NotRequired[float]
    faces: NotRequired[list[FaceBody]]
    upstream: NotRequired[UpstreamBody]
    subject_ref: NotRequired[str]
    completed_at: NotRequired[str]
    problem_code: NotRequired[str]


_CHARGED: Final[Mapping[Status, Charged]] = {
    Status.PROCESSING: "unknown",
    Status.COMPLETED: "yes",
    Status.FAILED: "no",
    Status.UNKNOWN: "unknown",
}


def verification_body(verification: Verification) -> VerificationBody:
    """A record in our own shape."""
    body: VerificationBody = {
        "verification_id": verification.verification_id,
        "status": verification.status.value,
        "reasons": list(verification.reasons),
        "threshold": float(verification.threshold),
        "image": _image_body(verification.image),
        "billing": {"charged": _CHARGED[verification.status], "attempts": verification.attempt},
        "created_at": rfc3339(verification.created_at),
        "expires_at": rfc3339(verification.expires_at),
    }
    ended_at = verification.ended_at
    if verification.decision is not None and ended_at is not None and _is_decided(verification):
        body["decision"] = verification.decision.value
        if verification.score is not None:
            body["score"] = shown_score(verification)
        body["faces"] = faces_body(verification)
        body["completed_at"] = rfc3339(ended_at)
        body["upstream"] = upstream_body(verification.upstream)
    if verification.subject_ref is not None:
        body["subject_ref"] = verification.subject_ref
    if verification.problem_code is not None:
        body["problem_code"] = verification.problem_code
    return body


def upstream_body(receipt: UpstreamReceipt | None) -> UpstreamBody:
    """What upstream said of its own work; each member it did not say is None."""
    receipt = receipt or UpstreamReceipt()
    return {
        "api_req_uid": receipt.api_req_uid,
        "response_code": receipt.response_code,
        "requested_at": receipt.requested_at,
        "processed_at": receipt.processed_at,
    }


def shown_score(verification: Verification) -> float:
    """The score as a JSON number that never contradicts the decision; 0 where there is none.

    The nearest binary float of a score just below the threshold may be that of the threshold: then
    the next lower float is shown.
    """
    score, threshold = verification.score or Decimal(0), verification.threshold
    if score < threshold and float(score) >= float(threshold):
        return math.nextafter(float(threshold), -math.inf)
    return float(score)


def faces_body(verification: Verification) -> list[FaceBody]:
    """The faces, in upstream's order."""
    return [_face_body(face) for face in verification.faces]


def rfc3339(moment: datetime) -> str:
    """A UTC time as RFC 3339 writes it, in milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_decided(verification: Verification) -> bool:
    """Whether the decision may be shown: without a score nothing is live, and nothing is not."""
    return verification.decision is Decision.INCONCLUSIVE or verification.score is not None


def _image_body(image: Image) -> ImageBody:
    return {
        "width": image.width,
        "height": image.height,
        "format": "png" if image.format == "png" else "jpeg",
        "bytes": image.bytes,
    }


def _face_body(face: Face) -> FaceBody:
    return {
        "confidence": float(face.confidence),
        "top_left": {"x": float(face.top_left.x), "y": float(face.top_left.y)},
        "delta": {"x": float(face.delta.x), "y": float(face.delta.y)},
    }
