"""The table's stream as Lambda delivers it."""

from collections.abc import Mapping
from typing import Any

from liveness_gateway.adapters.dynamodb.items import Item, UnreadableError, verification_of
from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.publishing import StreamRecord


def stream_record(record: Mapping[str, Any]) -> StreamRecord:
    """One record of the stream; without a verification where its image is none of ours."""
    change = record["dynamodb"]
    return StreamRecord(change["SequenceNumber"], _verification(change.get("NewImage")))


def _verification(image: Item | None) -> Verification | None:
    try:
        return verification_of(image or {})
    except UnreadableError:
        return None
