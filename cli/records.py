"""The letters of the publisher's dead-letter queue, and the records that they are about.

A letter is trusted no more than any other message of a queue: it names a record, and what is
announced is what the record says.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from cli.account import Account
from liveness_gateway.adapters.dynamodb.items import marshal, verification_of
from liveness_gateway.entrypoints.streams import stream_record
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.ports import UnreadableError

# GetRecords may return empty pages before the end; so many in a row are the end.
_EMPTY_PAGES: Final = 1_000


# What reading raises where a letter is none of ours; boto3 refuses parameters of another type.
_NO_LETTER: Final = (
    ArithmeticError, AttributeError, KeyError, ParamValidationError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip


class LetterError(Exception):
    """A letter cannot be answered now; the message says why."""


class Records:
    """The records of one stage.

    Args:
        account: the account of the stage.
        table: the name of its table.
    """

    def __init__(self, account: Account, table: str) -> None:
        self._dynamodb = account.client("dynamodb")
        self._streams = account.client("dynamodbstreams")
        self._table = table

    def since(self, moment: datetime) -> Iterator[Verification | str]:
        """Every record that ended since then, or the id of one that cannot be read.

        It reads the whole table.
        """
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table):
            for item in page["Items"]:
                try:
                    found = verification_of(item)
                except UnreadableError:
                    yield str(item["verification_id"].get("S"))
                    continue
                if found.ended_at and found.ended_at >= moment:
                    yield found

    def of_letter(self, body: str) -> Iterator[Verification]:
        """The terminal records a letter names, as they are stored, without those that are gone.

        Raises:
            LetterError: the letter is none of ours; or, behind all records that could be read, some
                could not be.
        """
        try:
            letter = json.loads(body)
            if "DDBStreamBatchInfo" in letter:
                yield from self._of_batch(letter["DDBStreamBatchInfo"])
            else:
                yield from self._of_event(letter["event"])
        except ClientError as error:
            raise LetterError(error.response["Error"]["Code"]) from None
        except UnreadableError:
            raise LetterError("unreadable record") from None
        except _NO_LETTER:
            raise LetterError("unreadable letter") from None

    def _of_event(self, event: Mapping[str, str] | None) -> Iterator[Verification]:
        if event is None:
            raise LetterError("nothing to announce in it")
        named = json.loads(event["detail"])["data"]["verification_id"]
        answer = self._dynamodb.get_item(
            TableName=self._table,
            Key=marshal({"verification_id": str(named)}),
            ConsistentRead=True,
        )
        if not answer.get("Item"):
            return
        record = verification_of(answer["Item"])
        if record.status is Status.PROCESSING:
            raise LetterError("the record is processing again")
        yield record

    def _of_batch(self, batch: Mapping[str, Any]) -> Iterator[Verification]:
        """The terminal versions that Lambda gave up on: its letter only says where they are."""
        last = int(batch["endSequenceNumber"])
        number, unreadable = -1, 0
        for record in self._stream(batch):
            number = int(record["dynamodb"]["SequenceNumber"])
            if number <= last:
                found = stream_record(record, verification_of).verification
                unreadable += found is None
                if found is not None and found.status is not Status.PROCESSING:
                    yield found
            if number >= last:
                break
        if unreadable:
            raise LetterError("unreadable record")
        if number < last:
            raise LetterError("the stream ends before the last record of the letter")

    def _stream(self, batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        ).get("ShardIterator")
        empty = 0
        while iterator and empty < _EMPTY_PAGES:
            answer = self._streams.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")
