"""What callers send: requests, and the events API Gateway makes of them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

from tests.bodies import Body, form
from tests.doubles.liveness_api import ScriptedOutcome
from tests.doubles.secrets import APP_KEY, FINGERPRINT_KEY
from tests.images import frame, jpeg_header, segment
from tests.reliability.history.facts import Content
from tests.reliability.simulation.troubles import ERROR_CANARY

IMAGE_CANARY: Final = b"image-canary"
API_KEY: Final = "client-key-canary-8d"
CANARIES: Final = (
    IMAGE_CANARY,
    *(text.encode() for text in (APP_KEY, FINGERPRINT_KEY, API_KEY, ERROR_CANARY)),
)
"""What no output may hold."""
_COMMENT: Final = 0xFE


@cache
def selfie(words: bytes = b"of one") -> bytes:
    """The smallest JPEG that is taken; its bytes are a canary."""
    return jpeg_header(segment(_COMMENT, IMAGE_CANARY + words), frame(95, 71)) + b"\xff\xd9"


@dataclass(frozen=True)
class Request:
    """A POST of a selfie.

    The liveness API will show `behaviours`, one for each time it is called, then what is standard.
    `body` replaces the usual form; what it says is what the other attributes say. `event_id` is
    that of an event which is delivered again.
    """

    image: bytes = selfie()
    threshold: Decimal | None = None
    subject_ref: str | None = None
    client_id: str = "client-1"
    key: str | None = "key-1"
    behaviours: Sequence[ScriptedOutcome] = ()
    body: Body | None = None
    event_id: str | None = None

    @property
    def content(self) -> Content:
        return Content(self.image, self.threshold, self.subject_ref)

    def event(self, correlation_id: str) -> dict[str, Any]:
        if self.body is None:
            encoded = _encoded_form(self.image, self.threshold, self.subject_ref)
        else:
            encoded = _encoded(self.body)
        content_type, body = encoded
        headers = {"Content-Type": content_type, "x-api-key": API_KEY}
        if self.key is not None:
            headers["Idempotency-Key"] = self.key
        return {
            "httpMethod": "POST",
            "resource": "/v1/verifications",
            "headers": headers,
            "requestContext": _context(self.event_id or correlation_id, self.client_id),
            "body": body,
            "isBase64Encoded": True,
        }


def read_event(verification_id: str, client_id: str, correlation_id: str) -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "resource": "/v1/verifications/{verification_id}",
        "pathParameters": {"verification_id": verification_id},
        "headers": {"x-api-key": API_KEY},
        "requestContext": _context(correlation_id, client_id),
    }


def _context(correlation_id: str, client_id: str) -> dict[str, Any]:
    # A client can choose `requestId`, by a header.
    ids = {"extendedRequestId": correlation_id, "requestId": "id-of-the-client"}
    return ids | {"identity": {"apiKeyId": client_id}}


@lru_cache(64)
def _encoded_form(
    image: bytes, threshold: Decimal | None, subject_ref: str | None
) -> tuple[str, str]:
    said = None if threshold is None else f"{threshold:f}"
    return _encoded(form("curl", image, threshold=said, subject_ref=subject_ref))


def _encoded(body: Body) -> tuple[str, str]:
    return body.content_type, base64.b64encode(body.content).decode()
