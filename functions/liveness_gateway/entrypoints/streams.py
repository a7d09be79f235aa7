"""The table's stream as Lambda delivers it to `publish_events`."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from liveness_gateway.entrypoints.batch import Event, Result, again, all_again
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.model import Verification
from liveness_gateway.verifications.ports import UnreadableError
from liveness_gateway.verifications.publishing import Publisher, StreamRecord

ReadImage = Callable[[dict[str, Any]], Verification]
"""Reads an item of the table.

Raises:
    UnreadableError: the item is none of ours.
"""


class PublishBatch:
    """Announces a batch of the stream; names what must be delivered again."""

    def __init__(
        self, publisher: Publisher, read_image: ReadImage, telemetry: InvocationTelemetry
    ) -> None:
        self._publisher = publisher
        self._read_image = read_image
        self.telemetry = telemetry

    def run(self, event: Event) -> Result:
        """Announce the records of one event."""
        records = [stream_record(record, self._read_image) for record in event["Records"]]
        wanted = self._publisher.publish(records)
        self.telemetry.log("batch published", level=logging.INFO, count=len(records) - len(wanted))
        return again(wanted)


def whole_batch(event: Event) -> Result:
    """Deliver the whole batch of the stream again: the mapping's own limits end that."""
    return all_again(event, lambda record: str(record["dynamodb"]["SequenceNumber"]))


def stream_record(record: Mapping[str, Any], read_image: ReadImage) -> StreamRecord:
    """One record of the stream; without a verification where its image is none of ours."""
    change = record.get("dynamodb") or {}
    try:
        verification = read_image(change.get("NewImage") or {})
    except UnreadableError:
        verification = None
    return StreamRecord(str(change.get("SequenceNumber") or ""), verification)
