"""The table's stream as Lambda delivers it, and the edge of the function that reads it."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from liveness_gateway.adapters.items import Item, verification_of
from liveness_gateway.domain import Verification
from liveness_gateway.observability import PowertoolsJournal, location
from liveness_gateway.publishing import Publisher, StreamRecord


def stream_record(record: Mapping[str, Any]) -> StreamRecord:
    """One record of the stream; without a verification where its image is none of ours."""
    change = record["dynamodb"]
    return StreamRecord(change["SequenceNumber"], _verification(change.get("NewImage")))


def _verification(image: Item | None) -> Verification | None:
    try:
        return verification_of(image or {})
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None


class StreamFunction:
    """The Lambda handler of `publish_events`: what is not announced is delivered again.

    Nothing but an answer leaves it; after an error nobody foresaw the whole batch comes again,
    and the mapping's own limits end that in the dead-letter queue.
    """

    def __init__(self, build: Callable[[], tuple[Publisher, PowertoolsJournal]]) -> None:
        self._build = build
        self._built: tuple[Publisher, PowertoolsJournal] | None = None

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Publish a batch and name the records to be delivered again."""
        records = event.get("Records", [])
        try:
            if self._built is None:
                self._built = self._build()
            publisher, journal = self._built
            journal.begin(function_request_id=getattr(context, "aws_request_id", None))
            again = publisher.publish([stream_record(record) for record in records])
            journal.note("batch published", level=logging.INFO, count=len(records) - len(again))
            journal.flush()
        except Exception as error:  # noqa: BLE001 - the outermost edge: see the class
            logging.getLogger(__name__).critical(
                "batch failed: %s at %s", type(error).__name__, location(error)
            )
            again = [record["dynamodb"]["SequenceNumber"] for record in records]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in again]}
