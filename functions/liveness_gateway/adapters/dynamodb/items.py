"""A verification as a DynamoDB item, and back. One mapping for the table, its stream and the queue.

Numbers are `Decimal` on both sides; times are kept as RFC 3339 text, and as epoch seconds where
DynamoDB has to compare them.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

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

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()

# OSError: a time that is out of range.
_NONE_OF_OURS: Final = (
    ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError
)  # fmt: skip

Item = dict[str, Any]


def marshal(values: Mapping[str, Any]) -> Item:
    """Plain values as DynamoDB's typed ones; None and empty lists are left out."""
    return {
        name: _serializer.serialize(value)
        for name, value in values.items()
        if value is not None and value != []
    }


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
            "image": asdict(claim.image),
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
        "faces": [asdict(face) for face in result.faces],
        "image": result.image and asdict(result.image),
        "upstream": result.upstream and _without_none(asdict(result.upstream)),
        "problem_code": result.problem_code,
    }


def verification_of(item: Item) -> Verification:
    """The verification an item holds.

    Raises:
        UnreadableError: the item is none of ours.
    """
    try:
        return _verification({name: _deserializer.deserialize(v) for name, v in item.items()})
    except _NONE_OF_OURS:
        raise UnreadableError("this item is no verification") from None


def _verification(plain: Mapping[str, Any]) -> Verification:
    return Verification(
        verification_id=plain["verification_id"],
        client_id=plain["client_id"],
        fingerprint=plain["fingerprint"],
        threshold=plain["threshold"],
        subject_ref=plain.get("subject_ref"),
        correlation_id=plain["correlation_id"],
        claim_id=plain["claim_id"],
        created_at=datetime.fromisoformat(plain["created_at"]),
        deadline=_moment(plain["deadline"]),
        expires_at=_moment(plain["expires_at"]),
        attempt=int(plain["attempt"]),
        version=int(plain["version"]),
        **(_result_fields(plain) | {"image": _image(plain["image"])}),
    )


def attempt_reference_of(item: Item) -> AttemptReference:
    """The attempt an entry of the index names."""
    deadline = _moment(_deserializer.deserialize(item["deadline"]))
    return AttemptReference(item["verification_id"]["S"], int(item["attempt"]["N"]), deadline)


def result_message(result: TerminalResult) -> dict[str, Any]:
    """A terminal result whole, as plain values: what the emergency queue carries."""
    deadline = {"deadline": result.attempt_reference.deadline.isoformat()}
    return asdict(result.attempt_reference) | deadline | result_values(result)


def result_of_message(plain: Mapping[str, Any]) -> TerminalResult:
    """The terminal result that `result_message` made plain.

    Raises:
        UnreadableError: the values are none of ours.
    """
    try:
        fields = _result_fields(plain)
        deadline = datetime.fromisoformat(plain["deadline"])
        reference = AttemptReference(plain["verification_id"], int(plain["attempt"]), deadline)
    except _NONE_OF_OURS:
        raise UnreadableError("these values are no result") from None
    if fields["ended_at"] is None:
        raise UnreadableError("this result does not say when it ended")
    return TerminalResult(attempt_reference=reference, **fields)


def _result_fields(plain: Mapping[str, Any]) -> dict[str, Any]:
    ended_at, decision = plain.get(_ENDED_AT), plain.get("decision")
    image, upstream = plain.get("image"), plain.get("upstream")
    return {
        "status": Status(plain["status"]),
        "ended_at": None if ended_at is None else datetime.fromisoformat(ended_at),
        "reasons": tuple(plain.get("reasons") or ()),
        "decision": decision and Decision(decision),
        "score": plain.get("score"),
        "faces": tuple(_face(face) for face in plain.get("faces") or ()),
        "image": image and _image(image),
        "upstream": None if upstream is None else _receipt(upstream),
        "problem_code": plain.get("problem_code"),
    }


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _moment(seconds: Decimal) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _image(plain: Mapping[str, Any]) -> Image:
    return Image(
        width=int(plain["width"]),
        height=int(plain["height"]),
        format=plain["format"],
        bytes=int(plain["bytes"]),
    )


def _point(plain: Mapping[str, Decimal]) -> Point:
    return Point(plain["x"], plain["y"])


def _face(plain: Mapping[str, Any]) -> Face:
    return Face(plain["confidence"], _point(plain["top_left"]), _point(plain["delta"]))


def _receipt(plain: Mapping[str, Any]) -> UpstreamReceipt:
    code = plain.get("response_code")
    return UpstreamReceipt(
        api_req_uid=plain.get("api_req_uid"),
        response_code=None if code is None else int(code),
        requested_at=plain.get("requested_at"),
        processed_at=plain.get("processed_at"),
        request_id=plain.get("request_id"),
    )
