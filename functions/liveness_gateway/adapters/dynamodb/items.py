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
    Claimed,
    Decision,
    Face,
    Image,
    Point,
    Settlement,
    Status,
    UpstreamReceipt,
    Verification,
)

# An overdue claim is found through an index that only holds `processing` items. Its partitions
# are spread by the first digit of the id, so that no single one takes every write.
SWEEP_SHARDS: Final = "0123456789abcdef"

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()

# OSError: a time no calendar knows.
_NONE_OF_OURS: Final = (
    ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError
)  # fmt: skip

Item = dict[str, Any]


class UnreadableError(ValueError):
    """What should be a record or a result of ours is none."""


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


def result_values(settlement: Settlement) -> dict[str, Any]:
    """What a terminal result sets on the item, as plain values."""
    return {
        "status": str(settlement.status),
        "settled_at": settlement.settled_at.isoformat(),
        "reasons": list(settlement.reasons),
        "decision": settlement.decision and str(settlement.decision),
        "score": settlement.score,
        "faces": [asdict(face) for face in settlement.faces],
        "image": settlement.image and asdict(settlement.image),
        "upstream": settlement.upstream and _without_none(asdict(settlement.upstream)),
        "problem_code": settlement.problem_code,
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


def claimed_of(item: Item) -> Claimed:
    """The attempt an entry of the index names."""
    deadline = _moment(_deserializer.deserialize(item["deadline"]))
    return Claimed(item["verification_id"]["S"], int(item["attempt"]["N"]), deadline)


def settlement_values(settlement: Settlement) -> dict[str, Any]:
    """A terminal result whole, as plain values: what the emergency queue carries."""
    deadline = {"deadline": settlement.claimed.deadline.isoformat()}
    return asdict(settlement.claimed) | deadline | result_values(settlement)


def settlement_of(plain: Mapping[str, Any]) -> Settlement:
    """The terminal result that `settlement_values` made plain.

    Raises:
        UnreadableError: the values are none of ours.
    """
    try:
        fields = _result_fields(plain)
        deadline = datetime.fromisoformat(plain["deadline"])
        claimed = Claimed(plain["verification_id"], int(plain["attempt"]), deadline)
    except _NONE_OF_OURS:
        raise UnreadableError("these values are no result") from None
    if fields["settled_at"] is None:
        raise UnreadableError("this result says when it was settled to nobody")
    return Settlement(claimed=claimed, **fields)


def _result_fields(plain: Mapping[str, Any]) -> dict[str, Any]:
    settled_at, decision = plain.get("settled_at"), plain.get("decision")
    image, upstream = plain.get("image"), plain.get("upstream")
    return {
        "status": Status(plain["status"]),
        "settled_at": None if settled_at is None else datetime.fromisoformat(settled_at),
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
