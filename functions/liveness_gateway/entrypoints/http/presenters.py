"""A stored verification as clients read it: our own shape, and the liveness API's.

The types below are the contract; `contracts/openapi.json` is generated from them.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from liveness_gateway.verifications.events import UpstreamBody, rfc3339, upstream_body
from liveness_gateway.verifications.model import Face, Image, Verification


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


class VerificationBody(TypedDict):
    """One selfie judged once. What a status has no value for is left out."""

    verification_id: str
    status: Literal["processing", "completed", "failed", "unknown"]
    reasons: list[str]
    threshold: float
    image: ImageBody
    created_at: str
    expires_at: str
    decision: NotRequired[Literal["live", "not_live", "inconclusive"]]
    score: NotRequired[float]
    faces: NotRequired[list[FaceBody]]
    upstream: NotRequired[UpstreamBody]
    subject_ref: NotRequired[str]
    completed_at: NotRequired[str]
    problem_code: NotRequired[str]


class WireImage(TypedDict):
    """The size of the image, as the liveness API says it."""

    height: int
    width: int


class WireData(TypedDict):
    """The result, as the liveness API says it."""

    faces_liveness: float
    faces_predicted: list[FaceBody]
    img: WireImage


class WireBody(TypedDict):
    """The liveness API's own answer."""

    api_req_uid: str | None
    processed_at: str | None
    requested_at: str | None
    response_code: int | None
    response_data: WireData


def verification_body(verification: Verification) -> VerificationBody:
    """A record in our own shape."""
    body: VerificationBody = {
        "verification_id": verification.verification_id,
        "status": verification.status.value,
        "reasons": list(verification.reasons),
        "threshold": float(verification.threshold),
        "image": _image(verification.image),
        "created_at": rfc3339(verification.created_at),
        "expires_at": rfc3339(verification.expires_at),
    }
    if verification.decision is not None and verification.settled_at is not None:
        body["decision"] = verification.decision.value
        body["score"] = _score(verification)
        body["faces"] = [_face(face) for face in verification.faces]
        body["completed_at"] = rfc3339(verification.settled_at)
        body["upstream"] = upstream_body(verification.upstream)
    if verification.subject_ref is not None:
        body["subject_ref"] = verification.subject_ref
    if verification.problem_code is not None:
        body["problem_code"] = verification.problem_code
    return body


def wire_body(verification: Verification) -> WireBody:
    """A completed record as the liveness API would have answered."""
    return {
        **upstream_body(verification.upstream),
        "response_data": {
            "faces_liveness": _score(verification),
            "faces_predicted": [_face(face) for face in verification.faces],
            "img": {"height": verification.image.height, "width": verification.image.width},
        },
    }


def _score(verification: Verification) -> float:
    # No score is shown as none at all: 0 is the one number that can never be read as live.
    return float(verification.score or 0)


def _image(image: Image) -> ImageBody:
    return {
        "width": image.width,
        "height": image.height,
        "format": "png" if image.format == "png" else "jpeg",
        "bytes": image.bytes,
    }


def _face(face: Face) -> FaceBody:
    return {
        "confidence": float(face.confidence),
        "top_left": {"x": float(face.top_left.x), "y": float(face.top_left.y)},
        "delta": {"x": float(face.delta.x), "y": float(face.delta.y)},
    }
