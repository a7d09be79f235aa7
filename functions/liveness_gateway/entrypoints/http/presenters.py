"""A stored verification as the compat routes show it: the liveness API's own shape.

Our own shape is `verifications/records.py`.
"""

from typing_extensions import TypedDict

from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.records import (
    FaceBody,
    faces_body,
    shown_score,
    upstream_body,
)


class CompatImage(TypedDict):
    """The size of the image, as the liveness API says it."""

    height: int
    width: int


class CompatData(TypedDict):
    """The result, as the liveness API says it."""

    faces_liveness: float
    faces_predicted: list[FaceBody]
    img: CompatImage


class CompatBody(TypedDict):
    """The liveness API's own answer."""

    api_req_uid: str | None
    processed_at: str | None
    requested_at: str | None
    response_code: int | None
    response_data: CompatData


def compat_body(verification: Verification) -> CompatBody:
    """A completed record as the liveness API would have answered."""
    return {
        **upstream_body(verification.upstream),
        "response_data": {
            "faces_liveness": shown_score(verification),
            "faces_predicted": faces_body(verification),
            "img": {"height": verification.image.height, "width": verification.image.width},
        },
    }
