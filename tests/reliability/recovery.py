"""What runs behind the requests: the emergency queue's consumer, the sweep, the stream's delivery.

Delivery is Lambda's: a batch is filtered, and from the first record that failed on it comes again.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.queues import all_messages, store_kept
from liveness_gateway.entrypoints.schedule import nothing_swept, sweep_once
from liveness_gateway.entrypoints.streams import publish_batch, whole_batch
from liveness_gateway.verifications.ports import Ledger
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from tests.reliability.clocks import MovableClock
from tests.reliability.cloud import stream_of
from tests.reliability.outputs import RecordedTelemetry
from tests.reliability.stage import Stage, Wrap, as_it_is

Record = dict[str, Any]
TERMINAL: Final = frozenset({"completed", "failed", "unknown"})
_BATCH: Final = 25
# As `infra/stream.py` has it; after that Lambda itself telemetry the record's place in the letters.
_RETRIES: Final = 50
_ROUNDS: Final = 20
AFTER_THE_DEADLINE: Final = 61.0


class Recovery:
    """The recovery of one stage.

    Attributes:
        given_up: records the stream's delivery gave up on.
        wrap: what stands between the functions and each of their ports.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.clock = MovableClock()
        self.given_up: list[Record] = []
        self.wrap: Wrap = as_it_is
        self._delivered = 0
        self._telemetry = RecordedTelemetry(stage.outputs, f"recovery-{stage.name}")

    def run(self) -> None:
        """End every fault, let all deadlines pass, and run until nothing changes any more."""
        self.stage.mend()
        self.wrap = as_it_is
        for _ in range(_ROUNDS):
            before = len(stream_of(self.stage.table)), self._delivered
            self.store_kept()
            if self._somebody_waits():
                self.sweep()
            self.deliver()
            if before == (len(stream_of(self.stage.table)), self._delivered):
                return
        raise AssertionError("recovery does not come to rest")

    def _somebody_waits(self) -> bool:
        """Whether a sweep has anything to find; one that has not asks 16 times for nothing."""
        images = [record["dynamodb"].get("NewImage") for record in stream_of(self.stage.table)]
        last = {image["verification_id"]["S"]: image for image in images if image}
        return any("sweep_shard" in image for image in last.values())

    def sweep(self, later: float = AFTER_THE_DEADLINE) -> int:
        """One run of `sweep`, so many seconds from now; how many it ended."""
        self.clock.moved = self.stage.clock.moved + later
        return int(self._job(self.sweeper(), sweep_once, nothing_swept)({}, None)["ended"])

    def store_kept(self, *, again: int = 1) -> int:
        """Give every message of the emergency queue to `recover`, `again` times; how many it took.

        What it did not take is in the queue again.
        """
        messages = self._kept_messages()
        if not messages:
            return 0
        job = self._job(self.recoverer(), store_kept, all_messages)
        event = {"Records": [{"messageId": m["MessageId"], "body": m["Body"]} for m in messages]}
        failed: set[str] = set()
        for _ in range(again):
            failed = {one["itemIdentifier"] for one in job(event, None)["batchItemFailures"]}
        sqs, url = self.stage.client("sqs"), self.stage.emergency_url
        for message in messages:
            receipt = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
            if message["MessageId"] in failed:
                sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
            else:
                sqs.delete_message(**receipt)
        return len(messages) - len(failed)

    def _kept_messages(self) -> list[dict[str, Any]]:
        answer = self.stage.client("sqs").receive_message(
            QueueUrl=self.stage.emergency_url, MaxNumberOfMessages=10, VisibilityTimeout=600
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        self.stage.outputs.write("".join(message["Body"] + "\n" for message in messages))
        return messages

    def deliver(self) -> None:
        """Deliver what is new in the stream, until it was taken or given up."""
        new = terminal(stream_of(self.stage.table)[self._delivered :])
        self._delivered = len(stream_of(self.stage.table))
        for start in range(0, len(new), _BATCH):
            self._insist(new[start : start + _BATCH])

    def publish(self, records: Sequence[Record]) -> list[str]:
        """Give `publish_events` one batch; the sequence numbers it wants again."""
        event = {"Records": list(records)}
        self.stage.outputs.write(json.dumps(event, default=str) + "\n")
        answer = self._job(self.publisher(), publish_batch, whole_batch)(event, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def skip(self) -> None:
        """Take what is in the stream as delivered: a test has delivered it in its own way."""
        self._delivered = len(stream_of(self.stage.table))

    def _insist(self, batch: Sequence[Record]) -> None:
        for _ in range(_RETRIES):
            again = self.publish(batch)
            if not again:
                return
            first = min(map(int, again))
            batch = [r for r in batch if int(r["dynamodb"]["SequenceNumber"]) >= first]
        self.given_up += batch

    def publisher(self) -> Publisher:
        """What `publish_events` runs."""
        stage = self.stage
        return Publisher(
            self.wrap("bus", EventBridgeBus(stage.client("events"), stage.bus)),
            self.wrap("letters", SqsQueue(stage.client("sqs"), stage.dead_letter_url)),
            self.wrap("clock", stage.clock),
            self._telemetry,
            "local",
        )

    def sweeper(self) -> Sweeper:
        """What `sweep` runs."""
        return Sweeper(self._ledger(), self.wrap("clock", self.clock), self._telemetry)

    def recoverer(self) -> Recoverer:
        """What `recover` runs."""
        return Recoverer(self._ledger(), self._telemetry)

    def _ledger(self) -> Ledger:
        wrapped: Ledger = self.wrap("ledger", self.stage.ledger())
        return wrapped

    def _job(
        self,
        worker: Any,  # noqa: ANN401 - each job has its own
        run: Callable[..., dict[str, Any]],
        failed: Callable[..., dict[str, Any]],
    ) -> BatchHandler[Any]:
        return BatchHandler(lambda: (worker, self._telemetry), run, failed)


def terminal(records: Sequence[Record]) -> list[Record]:
    """What the event source's filter lets through."""
    return [
        record
        for record in records
        if record["eventName"] in {"INSERT", "MODIFY"}
        and record["dynamodb"]["NewImage"]["status"]["S"] in TERMINAL
    ]


def poison(record: Record) -> Record:
    """The record as it came, but for an image that is none of ours."""
    change = record["dynamodb"] | {"NewImage": {"status": {"S": "completed"}}}
    return record | {"eventID": uuid.uuid4().hex, "dynamodb": change}
