"""Announces again what ended in the publisher's dead-letter queue: `make redrive STAGE=prod`.

Event ids stay as they are, so a consumer that heard an event already drops it. What the bus still
does not take stays in the queue. Run it as often as you like.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.entrypoints.streams import stream_record
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.publishing import event_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

Event = dict[str, str]
# Long enough to read a stream's batch and announce it before the message shows itself again.
_HIDDEN_SECONDS = 120


@dataclass
class Tally:
    """What became of the letters."""

    announced: int = 0
    expired: int = 0
    left: dict[str, int] = field(default_factory=dict)

    def leave(self, why: str) -> None:
        """Count a letter that stays."""
        self.left[why] = self.left.get(why, 0) + 1


class Redrive:
    """One stage's dead-letter queue and bus."""

    def __init__(self, session: boto3.Session, stage: str) -> None:
        outputs = _outputs(session, f"liveness-gateway-{stage}")
        self._stage = stage
        self._queue = outputs["DeadLetterQueueUrl"]
        self._table = outputs["TableName"]
        self._sqs = session.client("sqs")
        self._streams = session.client("dynamodbstreams")
        self._dynamodb = session.client("dynamodb")
        self._bus = EventBridgeBus(session.client("events"), outputs["EventBusName"])

    def waiting(self) -> int:
        """About how many letters wait."""
        answer = self._sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def letters(self) -> Iterator["MessageTypeDef"]:
        """Every letter that can be had now, each once."""
        seen: set[str] = set()
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=_HIDDEN_SECONDS,
            )
            fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
            if not fresh:
                return
            seen.update(message["MessageId"] for message in fresh)
            yield from fresh

    def answer(self, message: "MessageTypeDef", tally: Tally) -> None:
        """Announce what a letter holds and has not expired; delete it when the bus took all."""
        try:
            events = self._events(json.loads(message["Body"]))
            live = [event for event in events if not _expired(event, datetime.now(UTC))]
        except ClientError as error:
            tally.leave(error.response["Error"]["Code"])
            return
        except (ValueError, KeyError, TypeError):
            tally.leave("unreadable letter")
            return
        if not events:
            tally.leave("nothing to announce in it")
            return
        tally.expired += len(events) - len(live)
        if self.announce(live, tally):
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])

    def announce(self, events: list[Event], tally: Tally) -> bool:
        """Put events on the bus; whether it took every one."""
        codes = [code for event in events for code in self._bus.put([event])]
        for code in codes:
            if code is None:
                tally.announced += 1
            else:
                tally.leave(code)
        return not any(codes)

    def from_table(self, since: datetime) -> Iterator[Event]:
        """The events of every terminal record settled since then: for what no letter holds."""
        now = datetime.now(UTC)
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table):
            for item in page["Items"]:
                found = verification_of(item)
                if found.ended_at and found.ended_at >= since and now < found.expires_at:
                    yield event_of(found, self._stage)

    def _events(self, letter: dict[str, Any]) -> list[Event]:
        batch = letter.get("DDBStreamBatchInfo")
        if batch is None:
            event = letter["event"]
            return [event] if event else []
        return [event_of(found, self._stage) for found in self._batch(batch)]

    def _batch(self, batch: dict[str, Any]) -> Iterator[Verification]:
        """The terminal versions Lambda gave up on: its letter only says where they stand."""
        iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        ).get("ShardIterator")
        last = int(batch["endSequenceNumber"])
        while iterator:
            answer = self._streams.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                found = stream_record(record, verification_of).verification
                if number <= last and found is not None and found.status is not Status.PROCESSING:
                    yield found
                if number >= last:
                    return
            iterator = answer.get("NextShardIterator") if answer["Records"] else None


def _expired(event: Event, now: datetime) -> bool:
    # A letter outlives most records: what has expired is announced to nobody (I11).
    expires_at: str = json.loads(event["detail"])["data"]["expires_at"]
    return datetime.fromisoformat(expires_at) <= now


def _outputs(session: boto3.Session, stack: str) -> dict[str, str]:
    stacks = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make redrive", description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument(
        "--from-table",
        metavar="SINCE",
        type=lambda text: datetime.fromisoformat(text).astimezone(UTC),
        help="announce every record settled since this time (RFC 3339) instead: for letters older "
        "than the stream remembers (24 hours). Reads the whole table.",
    )
    return parser.parse_args()


def run(redrive: Redrive, since: datetime | None, console: Console) -> Tally:
    """Redrive with progress, and say what became of each letter."""
    tally = Tally()
    with Progress(console=console) as progress:
        task = progress.add_task("announcing", total=None if since else redrive.waiting())
        if since:
            for event in redrive.from_table(since):
                redrive.announce([event], tally)
                progress.advance(task)
        else:
            for message in redrive.letters():
                redrive.answer(message, tally)
                progress.advance(task)
    return tally


def main() -> int:
    """0 when nothing is left to do, 1 when letters stay, 2 when the stage cannot be reached."""
    arguments, console = _arguments(), Console(stderr=True)
    try:
        tally = run(Redrive(boto3.Session(), arguments.stage), arguments.from_table, console)
    except (ClientError, BotoCoreError, KeyError) as error:
        console.print(f"The stage {arguments.stage} cannot be reached: {error}", markup=False)
        return 2
    print(f"{tally.announced} announced, {sum(tally.left.values())} left")
    if tally.expired:
        print(f"  {tally.expired} expired before they could be announced")
    for why, count in tally.left.items():
        print(f"  {count} x {why}")
    return 1 if tally.left else 0


if __name__ == "__main__":
    sys.exit(main())
