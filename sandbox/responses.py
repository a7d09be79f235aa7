"""The responses of the liveness API: its documented bodies, in each documented shape."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias

from sandbox.boxes import stored_boxes
from sandbox.picture import Picture

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# The score is written exactly as it was scripted: "0.930", "1e999" and "null" are possible.
_SCORE = "@score@"
_FRAMING_HEADERS = {"content-length", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)

    def head(self, request_id: str, *, closing: bool) -> bytes:
        """The status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} {reason_phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"X-Request-ID: {request_id}")
        given = {name.lower() for name, _ in self.headers}
        if self.status != HTTPStatus.NO_CONTENT and not given & _FRAMING_HEADERS:
            lines.append(f"Content-Length: {len(self.body)}")
        if closing:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("utf-8")


@dataclass(frozen=True, slots=True)
class LivenessResult:
    """What the body of a usable response states. It is scripted: nothing was judged."""

    picture: Picture
    score: str
    faces: int
    response_code: int
    requested_at: datetime
    processed_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def reason_phrase(status: int) -> str:
    """The standard reason phrase, or `Unknown` for a status that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def current_body(result: LivenessResult) -> bytes:
    """The body as documented today."""
    image: Json = {"height": result.picture.height, "width": result.picture.width}
    data: dict[str, Json] = {
        "faces_liveness": _SCORE,
        "faces_predicted": _faces(result),
        "img": image,
    }
    return _encode({"api_req_uid": str(uuid.uuid4()), **_envelope(result, data)}, result.score)


def older_body(result: LivenessResult, uid_name: str | None = None) -> bytes:
    """The body of the older documents: flat image size; an id under `uid_name`, or no id."""
    data: dict[str, Json] = {
        "img_width": result.picture.width,
        "img_height": result.picture.height,
        "faces_predicted": _faces(result),
        "faces_liveness": _SCORE,
    }
    uid: dict[str, Json] = {uid_name: str(uuid.uuid4())} if uid_name else {}
    return _encode({**uid, **_envelope(result, data)}, result.score)


def error_body(message: str, code: int) -> bytes:
    """The documented error body."""
    return json.dumps({"Errors": [{"Message": message, "ErrCode": code}]}).encode()


def _envelope(result: LivenessResult, data: dict[str, Json]) -> dict[str, Json]:
    return {
        "processed_at": _timestamp(result.processed_at),
        "requested_at": _timestamp(result.requested_at),
        "response_code": result.response_code,
        "response_data": data,
    }


def _faces(result: LivenessResult) -> list[Json]:
    return [
        {
            "confidence": round(max(0.9885 - 0.0312 * index, 0.5), 4),
            "delta": {"x": round(box.width, 4), "y": round(box.height, 4)},
            "top_left": {"x": round(box.x, 4), "y": round(box.y, 4)},
        }
        for index, box in enumerate(stored_boxes(result.picture, result.faces))
    ]


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _encode(body: dict[str, Json], score: str) -> bytes:
    return json.dumps(body).replace(f'"{_SCORE}"', score).encode()
