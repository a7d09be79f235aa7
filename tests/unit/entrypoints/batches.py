"""The functions that no caller waits for, over doubles, as their composition roots build them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from liveness_gateway.bootstrap.publish_events import build_publish_events
from liveness_gateway.bootstrap.recover import build_recover
from liveness_gateway.bootstrap.sweep import build_sweep
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.queues import StoreKeptResults, all_messages
from liveness_gateway.entrypoints.schedule import Sweep, nothing_swept
from liveness_gateway.entrypoints.streams import PublishBatch, whole_batch
from liveness_gateway.settings import PublishSettings, TableSettings
from liveness_gateway.verifications.model import Verification
from tests.doubles.lambda_context import LambdaContextDouble
from tests.doubles.table import TABLE
from tests.samples import claim, completed, seconds
from tests.world import World
from tests.written_telemetry import WrittenTelemetry


def again(result: Mapping[str, Any]) -> list[str]:
    """The records a result wants to be delivered again."""
    return [item["itemIdentifier"] for item in result["batchItemFailures"]]


class Batches:
    """`publish_events`, `sweep` and `recover` of one world, with a real telemetry."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.telemetry = WrittenTelemetry(faults=world.faults)
        self._context = LambdaContextDouble(world.clock)
        self._publish = BatchHandler(self.publish_batch, whole_batch)
        self._sweep = BatchHandler(self._sweeper, nothing_swept)
        self._recover = BatchHandler(self._recoverer, all_messages)

    def publish(self, records: list[dict[str, Any]]) -> list[str]:
        """Deliver these records of the stream; what is wanted again."""
        return again(self._publish({"Records": records}, self._context))

    def sweep(self) -> int:
        """Run the sweep; how many it ended."""
        ended: int = self._sweep({}, self._context)["ended"]
        return ended

    def recover(self, messages: list[dict[str, str]]) -> list[str]:
        """Deliver these messages of the emergency queue; what is wanted again."""
        return again(self._recover({"Records": messages}, self._context))

    def publish_batch(self) -> PublishBatch:
        return build_publish_events(
            PublishSettings("local", "liveness-gateway", "bus", "letters"),
            events=cast("Any", self.world.bus),
            sqs=cast("Any", self.world.dead_letters),
            clock=self.world.clock,
            telemetry=self.telemetry,
        )

    def claim(self, age: float = 61) -> Verification:
        """A claim that is so many seconds old."""
        made = claim(at=self._now() - seconds(age))
        self.world.ledger.claim(made)
        return made

    def stream(self, count: int = 3) -> list[dict[str, Any]]:
        """Records of completed verifications, each with its claim before it."""
        for _ in range(count):
            self.world.ledger.store(completed(self.claim(age=0), at=self._now()))
        return [
            {"dynamodb": {"NewImage": change.after, "SequenceNumber": change.sequence_number}}
            for change in self.world.table.stream
        ]

    def _now(self) -> datetime:
        return self.world.clock.time_of_day

    def _sweeper(self) -> Sweep:
        return build_sweep(
            TableSettings("local", "liveness-gateway", TABLE),
            dynamodb=cast("Any", self.world.table),
            clock=self.world.clock,
            telemetry=self.telemetry,
        )

    def _recoverer(self) -> StoreKeptResults:
        return build_recover(
            TableSettings("local", "liveness-gateway", TABLE),
            dynamodb=cast("Any", self.world.table),
            telemetry=self.telemetry,
        )
