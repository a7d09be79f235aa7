"""A verification as a DynamoDB item, and back. One mapping for the table, its stream and the queue.

Numbers are `Decimal` on both sides; times are kept as RFC 3339 text, and as epoch seconds where
DynamoDB has to compare them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from liveness_gateway.adapters.dynamodb.values import (
    NONE_OF_OURS,
    decimal,
    from_epoch,
    integer,
    moment,
    number,
    optional_text,
    several,
    text,
    untyped,
)
from liveness_gateway.verifications.model import (
    AttemptReference,
    Decision,
    Face,
    Image,
    Point,
    Status,
    TerminalResult,
    UpstreamReceipt,
    Verification,
)
from liveness_gateway.verifications.ports import UnreadableError

# An overdue claim is found through an index that only holds `processing` items. Its partitions
# are spread by the first digit of the id, so that no single one takes every write.
SWEEP_SHARDS: Final = "0123456789abcdef"

# The attribute keeps the name that the first records were stored under.
_ENDED_AT: Final = "settled_at"

Item = dict[str, Any]


def marshal(values: Mapping[str, Any]) -> Item:
    """Plain values as DynamoDB's typed ones; None and empty lists are left out."""
    return {
        name: _typed(value) for name, value in values.items() if value is not None and value != []
    }


def _typed(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of ours
    # boto3's serializer gives the same for these types (there is a test), and takes four times as
    # long: it would be a thirtieth of a request.
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):  # an int too, but no number to DynamoDB
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    if isinstance(value, dict):
        return {"M": {name: _typed(inner) for name, inner in value.items()}}
    return {"NULL": True} if value is None else {"L": [_typed(inner) for inner in value]}


def epoch(moment: datetime) -> Decimal:
    """Whole seconds since the epoch, rounded down, as a TTL attribute needs them."""
    return Decimal(int(moment.timestamp()))


def claim_item(claim: Verification) -> Item:
    """The item of a `processing` record."""
    return marshal(
        {
            "verification_id": claim.verification_id,
            "client_id": claim.client_id,
            "status": str(claim.status),
            "fingerprint": claim.fingerprint,
            "threshold": claim.threshold,
            "image": _members(claim.image),
            "subject_ref": claim.subject_ref,
            "correlation_id": claim.correlation_id,
            "claim_id": claim.claim_id,
            "created_at": claim.created_at.isoformat(),
            "deadline": epoch(claim.deadline),
            "expires_at": epoch(claim.expires_at),
            "attempt": claim.attempt,
            "version": claim.version,
            "sweep_shard": claim.verification_id[0],
        }
    )


def result_values(result: TerminalResult) -> dict[str, Any]:
    """What a terminal result sets on the item, as plain values."""
    return {
        "status": str(result.status),
        _ENDED_AT: result.ended_at.isoformat(),
        "reasons": list(result.reasons),
        "decision": result.decision and str(result.decision),
        "score": result.score,
        "face_count": result.face_count or None,
        "faces": [_face_values(face) for face in result.faces],
        "image": result.image and _members(result.image),
        "upstream": result.upstream and _without_none(_members(result.upstream)),
        "problem_code": result.problem_code,
    }


def verification_of(item: Item) -> Verification:
    """The verification an item holds.

    Raises:
        UnreadableError: the item is none of ours.
    """
    try:
        return _verification({name: untyped(v) for name, v in item.items()})
    except NONE_OF_OURS:
        raise UnreadableError("this item is no verification") from None


def _verification(plain: Mapping[str, Any]) -> Verification:
    return Verification(
        verification_id=text(plain["verification_id"]),
        client_id=text(plain["client_id"]),
        fingerprint=text(plain["fingerprint"]),
        threshold=number(plain["threshold"]),
        subject_ref=optional_text(plain.get("subject_ref")),
        correlation_id=text(plain["correlation_id"]),
        claim_id=text(plain["claim_id"]),
        created_at=moment(plain["created_at"]),
        deadline=from_epoch(plain["deadline"]),
        expires_at=from_epoch(plain["expires_at"]),
        attempt=integer(plain["attempt"]),
        version=integer(plain["version"]),
        **(result_fields(plain) | {"image": _image(plain["image"])}),
    )


def attempt_reference_of(item: Item) -> AttemptReference:
    """The attempt an entry of the index names.

    Raises:
        UnreadableError: the entry is none of ours.
    """
    try:
        deadline = from_epoch(untyped(item["deadline"]))
        return AttemptReference(item["verification_id"]["S"], int(item["attempt"]["N"]), deadline)
    except NONE_OF_OURS:
        raise UnreadableError("this entry names no attempt") from None


def version_of(item: Item) -> int:
    """The version of a record of which only some attributes are there.

    Raises:
        UnreadableError: the version is not there, or none of ours.
    """
    try:
        return integer(untyped(item["version"]))
    except NONE_OF_OURS:
        raise UnreadableError("this item has no version") from None


def result_fields(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a terminal result and a record share, read from plain values.

    Raises:
        ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError: one is none of
            ours.
    """
    ended_at, decision = plain.get(_ENDED_AT), plain.get("decision")
    image, upstream = plain.get("image"), plain.get("upstream")
    return {
        "status": Status(plain["status"]),
        "ended_at": None if ended_at is None else moment(ended_at),
        "reasons": tuple(text(reason) for reason in several(plain.get("reasons"))),
        "decision": None if decision is None else Decision(decision),
        "score": decimal(plain.get("score")),
        "faces": tuple(_face(face) for face in several(plain.get("faces"))),
        "image": None if image is None else _image(image),
        "upstream": None if upstream is None else _receipt(upstream),
        "problem_code": optional_text(plain.get("problem_code")),
    }


def _members(value: Image | Point | UpstreamReceipt) -> dict[str, Any]:
    # `asdict` copies each value: it would be a fiftieth of a request.
    return {name: getattr(value, name) for name in value.__slots__}


def _face_values(face: Face) -> dict[str, Any]:
    return {
        "confidence": face.confidence,
        "top_left": _members(face.top_left),
        "delta": _members(face.delta),
    }


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _image(plain: Mapping[str, Any]) -> Image:
    return Image(
        width=integer(plain["width"]),
        height=integer(plain["height"]),
        format=text(plain["format"]),
        bytes=integer(plain["bytes"]),
    )


def _point(plain: Mapping[str, Any]) -> Point:
    return Point(number(plain["x"]), number(plain["y"]))


def _face(plain: Mapping[str, Any]) -> Face:
    return Face(number(plain["confidence"]), _point(plain["top_left"]), _point(plain["delta"]))


def _receipt(plain: Mapping[str, Any]) -> UpstreamReceipt:
    code = plain.get("response_code")
    return UpstreamReceipt(
        api_req_uid=optional_text(plain.get("api_req_uid")),
        response_code=None if code is None else integer(code),
        requested_at=optional_text(plain.get("requested_at")),
        processed_at=optional_text(plain.get("processed_at")),
        request_id=optional_text(plain.get("request_id")),
    )
