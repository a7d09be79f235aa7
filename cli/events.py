"""The events to announce again: read from a dead letter, from the stream, or from the table."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.entrypoints.streams import stream_record
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.publishing import event_of

Event = dict[str, str]


class Account(Protocol):
    """The account that a stage is deployed in: what of a `boto3.Session` is used."""

    def client(self, service: str, /) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """The client of that service."""
        ...


class Events:
    """Reads the events of one stage.

    Args:
        account: the account of the stage.
        stage: its name, which every event states.
        table: the name of its table.
    """

    def __init__(self, account: Account, stage: str, table: str) -> None:
        self._stage = stage
        self._table = table
        self._streams = account.client("dynamodbstreams")
        self._dynamodb = account.client("dynamodb")

    def of_letter(self, body: str) -> list[Event]:
        """The events that a dead letter holds or refers to; empty if there are none.

        Raises:
            ValueError, KeyError, TypeError: it is not a letter of the publisher or of Lambda.
            ClientError: the stream cannot be read, for example after 24 hours.
        """
        letter = json.loads(body)
        batch = letter.get("DDBStreamBatchInfo")
        if batch is None:
            event = letter["event"]
            return [event] if event else []
        return [event_of(found, self._stage) for found in self._of_batch(batch)]

    def since(self, moment: datetime, now: datetime) -> Iterator[Event]:
        """The events of every record that ended since then and has not expired; reads the table."""
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table):
            for item in page["Items"]:
                found = verification_of(item)
                if found.ended_at and found.ended_at >= moment and now < found.expires_at:
                    yield event_of(found, self._stage)

    def _of_batch(self, batch: dict[str, Any]) -> Iterator[Verification]:
        """The terminal versions in a batch that Lambda gave up on; the letter has its position."""
        iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        ).get("ShardIterator")
        last = int(batch["endSequenceNumber"])
        while iterator:
            response = self._streams.get_records(ShardIterator=iterator)
            for record in response["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                found = stream_record(record, verification_of).verification
                if number <= last and found is not None and found.status is not Status.PROCESSING:
                    yield found
                if number >= last:
                    return
            iterator = response.get("NextShardIterator") if response["Records"] else None


def has_expired(event: Event, now: datetime) -> bool:
    """Whether the record of the event has expired; such an event must not be announced (I11)."""
    expires_at: str = json.loads(event["detail"])["data"]["expires_at"]
    return datetime.fromisoformat(expires_at) <= now
