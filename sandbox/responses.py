"""What the liveness API answers: its documented bodies, in each documented shape."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias

from sandbox.boxes import face_boxes
from sandbox.picture import Picture

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# The score is written as the text it was ordered as: "0.930", "1e999", "null" and all.
_SCORE = "@score@"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer before it is put on the wire."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)

    def head(self, request_id: str, *, closing: bool, length: int | None = None) -> bytes:
        """The status line and headers; `length` replaces the body's own length."""
        lines = [f"HTTP/1.1 {self.status} {phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"X-Request-ID: {request_id}")
        given = {name.lower() for name, _ in self.headers}
        if self.status != HTTPStatus.NO_CONTENT and not given & _DELIMITERS:
            lines.append(f"Content-Length: {len(self.body) if length is None else length}")
        if closing:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("utf-8")


_DELIMITERS = {"content-length", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judged answer says. Nothing was judged: it says what was ordered."""

    picture: Picture
    score: str
    faces: int
    response_code: int
    requested_at: datetime
    processed_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def phrase(status: int) -> str:
    """The standard reason phrase; a made-up status gets a made-up one."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unheard Of"


def current(verdict: Verdict) -> bytes:
    """The body documented today."""
    image: Json = {"height": verdict.picture.height, "width": verdict.picture.width}
    data: dict[str, Json] = {
        "faces_liveness": _SCORE,
        "faces_predicted": _faces(verdict),
        "img": image,
    }
    return _dump({"api_req_uid": str(uuid.uuid4()), **_frame(verdict, data)}, verdict.score)


def older(verdict: Verdict, uid_name: str | None = None) -> bytes:
    """The body of the older documents: flat image size, and an id under another name or none."""
    data: dict[str, Json] = {
        "img_width": verdict.picture.width,
        "img_height": verdict.picture.height,
        "faces_predicted": _faces(verdict),
        "faces_liveness": _SCORE,
    }
    uid: dict[str, Json] = {uid_name: str(uuid.uuid4())} if uid_name else {}
    return _dump({**uid, **_frame(verdict, data)}, verdict.score)


def errors(message: str, code: int) -> bytes:
    """The error body of the documents."""
    return json.dumps({"Errors": [{"Message": message, "ErrCode": code}]}).encode()


def _frame(verdict: Verdict, data: dict[str, Json]) -> dict[str, Json]:
    return {
        "processed_at": _stamp(verdict.processed_at),
        "requested_at": _stamp(verdict.requested_at),
        "response_code": verdict.response_code,
        "response_data": data,
    }


def _faces(verdict: Verdict) -> list[Json]:
    return [
        {
            "confidence": round(max(0.9885 - 0.0312 * at, 0.5), 4),
            "delta": {"x": round(box.width, 4), "y": round(box.height, 4)},
            "top_left": {"x": round(box.x, 4), "y": round(box.y, 4)},
        }
        for at, box in enumerate(face_boxes(verdict.picture, verdict.faces))
    ]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _dump(body: dict[str, Json], score: str) -> bytes:
    return json.dumps(body).replace(f'"{_SCORE}"', score).encode()
