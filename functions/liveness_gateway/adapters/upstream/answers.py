"""One reading of every answer, whatever version of the documents it follows.

The documents of one API disagree (status, names, nesting); only what they agree on is required.
First the number of faces and the score: a score must be a finite JSON number in [0, 1] and never a
bool (R12), and there must be a list of faces. Without them there is no answer, and no answer is
ever "live". Everything else decides nothing: what cannot be trusted of it is left out and counted.
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Final

from liveness_gateway.adapters.upstream.documents import members, read_document
from liveness_gateway.verifications.model import Face, Point, UpstreamAnswer, UpstreamReceipt

NO_FACE: Final = 5002
"""The vendor's documented error code for a selfie on which no face was found."""

# DynamoDB keeps 38 digits. Cutting (never rounding up) cannot lift a score over a threshold.
_PLACES: Final = Decimal(1).scaleb(-36)
_BOX_PLACES: Final = Decimal(1).scaleb(-20)
_BOX_LIMIT: Final = Decimal(10) ** 9
_CONTEXT: Final = Context(prec=60, rounding=ROUND_DOWN)
# An item of DynamoDB has at most 400 KB.
MOST_BOXES: Final = 100
_LONGEST_TEXT: Final = 128
_LARGEST_SIDE: Final = 1_000_000
_LARGEST_CODE: Final = 2**53


class BadAnswerError(Exception):
    """The body is not an answer. The message says which rule it broke and quotes nothing.

    Attributes:
        document: whether the body is at least a JSON object: something spoke that knows the API.
        error_code: the vendor's own error code, where the body reports an error.
    """

    def __init__(self, rule: str, *, document: bool = True, error_code: int | None = None) -> None:
        super().__init__(rule)
        self.document = document
        self.error_code = error_code


class _UnusableError(Exception):
    """A part that decides nothing cannot be trusted."""


def read_answer(body: bytes, request_id: str | None = None) -> UpstreamAnswer:
    """Read the body of a 2xx.

    Raises:
        BadAnswerError: it is not JSON, reports errors, or lacks a usable score or list of faces.
    """
    payload = _payload(body)
    receipt = _receipt(payload, request_id)
    code = _error_code(payload)
    if code == NO_FACE:
        return UpstreamAnswer(None, 0, (), None, None, receipt)
    if code is not None:
        raise BadAnswerError("errors inside a success", error_code=code)
    data = members(payload.get("response_data"))
    if data is None:
        raise BadAnswerError("response_data is no object")
    score, count = _decisive(data)
    faces, left_out = _faces(data.get("faces_predicted"))
    width, height = _size(data)
    return UpstreamAnswer(score, count, faces, width, height, receipt, left_out)


def error_code(body: bytes) -> int | None:
    """The code of an error in the form that the liveness API itself gives, else None.

    `{"Errors": [{"Message": ..., "ErrCode": ...}]}`; 0 where the form is right and the code is not.
    """
    try:
        return _error_code(_payload(body))
    except BadAnswerError:
        return None


def _payload(body: bytes) -> Mapping[str, Any]:
    try:
        payload = members(read_document(body))
    except ValueError:
        payload = None
    if payload is None:
        raise BadAnswerError("the body is no JSON object", document=False)
    return payload


def _error_code(payload: Mapping[str, Any]) -> int | None:
    errors = payload.get("Errors")
    if not errors:
        return None
    listed = errors if isinstance(errors, list) else [errors]
    codes = {_one_error_code(error) for error in listed}
    # Beside another error, "no face" is not what the answer says.
    return min(codes - {NO_FACE}, default=NO_FACE)


def _one_error_code(error: object) -> int:
    code = (members(error) or {}).get("ErrCode")
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:9])
    return code if isinstance(code, int) and not isinstance(code, bool) else 0


def _decisive(data: Mapping[str, Any]) -> tuple[Decimal | None, int]:
    """The score and the number of faces. Without a face, or with several, no score is needed."""
    count = _face_count(data)
    try:
        score = _unit(data.get("faces_liveness"))
    except _UnusableError:
        if count == 1:
            raise BadAnswerError("faces_liveness is no number in [0, 1]") from None
        score = None
    return score, count


def _face_count(data: Mapping[str, Any]) -> int:
    faces = data.get("faces_predicted")
    if "faces_predicted" not in data and data.get("faces_liveness", 0) is None:
        return 0  # a null score alone says the same as an empty list
    if faces is None and "faces_predicted" in data:
        return 0  # how several languages write an empty list
    if not isinstance(faces, list):
        raise BadAnswerError("faces_predicted is no list")
    if len(faces) == 1 and members(faces[0]) is None:
        raise BadAnswerError("the one face is no object")
    return len(faces)


def _faces(listed: object) -> tuple[tuple[Face, ...], int]:
    """The faces whose boxes can be trusted, and how many were left out."""
    found: list[Face] = []
    listed = listed if isinstance(listed, list) else []
    for value in listed[:MOST_BOXES]:
        try:
            found.append(_face(value))
        except _UnusableError:
            continue
    return tuple(found), len(listed) - len(found)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _UnusableError
    return Decimal(value)


def _unit(value: object) -> Decimal:
    number = _number(value)
    if not 0 <= number <= 1:
        raise _UnusableError
    # Not abs(): it rounds to the 28 digits of the default context.
    return number.quantize(_PLACES, context=_CONTEXT).copy_abs().normalize(_CONTEXT)


def _coordinate(value: object) -> Decimal:
    number = _number(value)
    # Not abs(): it computes, and a computation overflows.
    if not -_BOX_LIMIT <= number <= _BOX_LIMIT:
        raise _UnusableError
    return number.quantize(_BOX_PLACES, context=_CONTEXT).normalize(_CONTEXT)


def _point(value: object) -> Point:
    point = members(value) or {}
    return Point(_coordinate(point.get("x")), _coordinate(point.get("y")))


def _face(value: object) -> Face:
    face = members(value) or {}
    return Face(
        confidence=_unit(face.get("confidence")),
        top_left=_point(face.get("top_left")),
        delta=_point(face.get("delta")),
    )


def _receipt(payload: Mapping[str, Any], request_id: str | None) -> UpstreamReceipt:
    return UpstreamReceipt(
        api_req_uid=_text(payload.get("api_req_uid")) or _text(payload.get("api_req_uuid")),
        response_code=_code(payload.get("response_code")),
        requested_at=_text(payload.get("requested_at")),
        processed_at=_text(payload.get("processed_at")),
        request_id=request_id,
    )


def _size(data: Mapping[str, Any]) -> tuple[int | None, int | None]:
    image = members(data.get("img"))
    if image is not None:
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
