"""What the liveness API's documents say, each version a dialect, and one reading of every answer.

The documents of one API disagree (status, names, nesting); only what they agree on is required. A
score must be a finite JSON number in [0, 1] and never a bool (R12); the faces must be a list of
faces. Anything else is no answer, and no answer is ever "live".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Final, NoReturn

from liveness_gateway.verifications.model import Face, Point, UpstreamAnswer, UpstreamReceipt


@dataclass(frozen=True, slots=True)
class Dialect:
    """One documented version: its path and how it names the credentials, never both styles."""

    version: str
    id_header: str
    key_header: str

    def url(self, base: str) -> str:
        """The address a selfie is posted to."""
        return f"{base.rstrip('/')}/{self.version}/liveness-verification"

    def credential_headers(self, app_id: str, app_key: str) -> dict[str, str]:
        """The headers that carry the credentials."""
        return {self.id_header: app_id, self.key_header: app_key}


DIALECTS: Final = {
    "v0.1": Dialect("v0.1", "app_id", "app_key"),
    "v0.2": Dialect("v0.2", "app-id", "app-key"),
}

# DynamoDB keeps 38 digits. Cutting (never rounding up) cannot lift a score over a threshold.
_PLACES: Final = Decimal(1).scaleb(-36)
_BOX_PLACES: Final = Decimal(1).scaleb(-20)
_BOX_LIMIT: Final = Decimal(10) ** 9
_CONTEXT: Final = Context(prec=60, rounding=ROUND_DOWN)
# An item of DynamoDB has at most 400 KB: an answer that cannot be stored is not accepted.
_MOST_FACES: Final = 100
_LONGEST_TEXT: Final = 128
_LARGEST_SIDE: Final = 1_000_000
_LARGEST_CODE: Final = 2**53


class BadAnswerError(Exception):
    """The body is not an answer. The message says which rule it broke and quotes nothing."""


def read_answer(body: bytes, request_id: str | None = None) -> UpstreamAnswer:
    """Read the body of a 2xx.

    Raises:
        BadAnswerError: it is not JSON, reports errors, or lacks a usable score or list of faces.
    """
    payload = _object(_json(body), "the body")
    if payload.get("Errors"):
        raise BadAnswerError("errors inside a success")
    data = _object(payload.get("response_data"), "response_data")
    faces = data.get("faces_predicted")
    if not isinstance(faces, list):
        raise BadAnswerError("faces_predicted is no list")
    if len(faces) > _MOST_FACES:
        raise BadAnswerError("more faces than a selfie has room for")
    width, height = _size(data)
    return UpstreamAnswer(
        score=_unit(data.get("faces_liveness"), "faces_liveness"),
        faces=tuple(_face(face) for face in faces),
        width=width,
        height=height,
        receipt=UpstreamReceipt(
            api_req_uid=_text(payload.get("api_req_uid")) or _text(payload.get("api_req_uuid")),
            response_code=_code(payload.get("response_code")),
            requested_at=_text(payload.get("requested_at")),
            processed_at=_text(payload.get("processed_at")),
            request_id=request_id,
        ),
    )


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON is any value until it is looked at
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unambiguous,
        )
    except (ArithmeticError, ValueError, RecursionError):
        # Also: not UTF-8, NaN, an integer too long or an exponent too large to read, nesting too
        # deep.
        raise BadAnswerError("the body is not JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadAnswerError(f"{name} is no object")
    return value


def _number(value: object, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadAnswerError(f"{name} is no number")
    return Decimal(value)


def _unit(value: object, name: str) -> Decimal:
    number = _number(value, name)
    if not 0 <= number <= 1:
        raise BadAnswerError(f"{name} is outside [0, 1]")
    # Not abs(): it rounds to the 28 digits of the default context.
    return number.quantize(_PLACES, context=_CONTEXT).copy_abs().normalize(_CONTEXT)


def _coordinate(value: object, name: str) -> Decimal:
    number = _number(value, name)
    # Not abs(): it computes, and a computation overflows.
    if not -_BOX_LIMIT <= number <= _BOX_LIMIT:
        raise BadAnswerError(f"{name} is out of range")
    return number.quantize(_BOX_PLACES, context=_CONTEXT).normalize(_CONTEXT)


def _point(value: object, name: str) -> Point:
    point = _object(value, name)
    return Point(_coordinate(point.get("x"), name), _coordinate(point.get("y"), name))


def _face(value: object) -> Face:
    face = _object(value, "a face")
    return Face(
        confidence=_unit(face.get("confidence"), "confidence"),
        top_left=_point(face.get("top_left"), "top_left"),
        delta=_point(face.get("delta"), "delta"),
    )


def _size(data: Mapping[str, Any]) -> tuple[int | None, int | None]:
    image = data.get("img")
    if isinstance(image, dict):
        return _side(image.get("width")), _side(image.get("height"))
    return _side(data.get("img_width")), _side(data.get("img_height"))


def _side(value: object) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_SIDE
    return value if usable and isinstance(value, int) else None


def _code(value: object) -> int | None:
    # No document explains it: it is kept where it is an integer, and decides nothing.
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_CODE:
        return None
    return value


def _text(value: object) -> str | None:
    usable = isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST_TEXT
    return value if usable and isinstance(value, str) else None
