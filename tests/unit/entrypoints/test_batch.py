"""The functions without a caller: nothing but a result leaves them, and nothing is lost."""

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import pytest

from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.bootstrap.publish_events import build_publish_events
from liveness_gateway.bootstrap.recover import build_recover
from liveness_gateway.bootstrap.sweep import build_sweep
from liveness_gateway.entrypoints.batch import Batch, BatchHandler, StartError
from liveness_gateway.entrypoints.queues import StoreKeptResults, all_messages
from liveness_gateway.entrypoints.schedule import Sweep, nothing_swept
from liveness_gateway.entrypoints.streams import PublishBatch, whole_batch
from liveness_gateway.settings import PublishSettings, RecoverSettings, TableSettings
from liveness_gateway.verifications.model import MultipleFaces, TerminalResult, Verification
from tests.doubles.lambda_context import LambdaContextDouble
from tests.doubles.queue import QueueDouble
from tests.doubles.table import TABLE
from tests.samples import claim, completed, failed, seconds, unknown
from tests.world import World, refused
from tests.written_telemetry import WrittenTelemetry, counted

Log = pytest.LogCaptureFixture
Output = pytest.CaptureFixture[str]


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
            RecoverSettings("local", "liveness-gateway", TABLE, MultipleFaces.INCONCLUSIVE),
            dynamodb=cast("Any", self.world.table),
            telemetry=self.telemetry,
        )


@pytest.fixture
def batches(world: World) -> Batches:
    return Batches(world)


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, MemoryError, RecursionError])
def test_after_an_unexpected_error_the_whole_batch_comes_again(
    batches: Batches, caplog: Log, capsys: pytest.CaptureFixture[str], kind: type[Exception]
) -> None:
    records = batches.stream()
    batches.world.faults.fail("bus.put", kind("canary"))
    assert batches.publish(records) == [one["dynamodb"]["SequenceNumber"] for one in records]
    assert kind.__name__ in caplog.text
    assert "canary" not in caplog.text + batches.telemetry.stream.getvalue()
    assert counted(capsys) == {"unhandled": 1}
    assert batches.publish(records) == []
    assert len(batches.world.bus.accepted) == 3


STRANGE_EVENTS: list[Any] = [
    {}, {"Records": []}, {"Records": [{}]}, {"Records": [{"dynamodb": {}}]}, {"Records": [None]},
    {"Records": None}, None, [], "event", {"Records": [{"dynamodb": None}]}, {"Records": 5},
    {"Records": [{"messageId": "m-1"}]}, {"Records": [{"body": "{}"}]},
]  # fmt: skip


@pytest.mark.parametrize("event", STRANGE_EVENTS)
@pytest.mark.parametrize("failed", [whole_batch, all_messages])
def test_an_event_lambda_never_sends_leaves_no_exception(
    batches: Batches,
    event: Any,  # noqa: ANN401 - not an event
    failed: Callable[[Any], dict[str, Any]],
) -> None:
    result = BatchHandler(batches.publish_batch, failed)(event, None)
    assert result.keys() == {"batchItemFailures"}


def broken() -> Batch:
    raise LookupError("canary")


def test_a_function_that_cannot_start_says_so_and_raises(caplog: Log) -> None:
    function = BatchHandler(broken, nothing_swept)
    for _ in range(2):
        with pytest.raises(StartError) as caught:
            function({}, None)
        assert "canary" not in f"{caught.value} {caught.value.__cause__}"
    assert "canary" not in caplog.text
    assert "LookupError" in caplog.text
    assert caplog.records[0].levelno == logging.CRITICAL


def number_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def test_a_batch_is_announced(batches: Batches, capsys: Output) -> None:
    assert batches.publish(batches.stream()) == []
    assert len(batches.world.bus.accepted) == 3
    (line,) = batches.telemetry.lines
    assert (line["message"], line["count"]) == ("batch published", 6)
    assert line["function_request_id"] == "function-request-1"
    assert counted(capsys) == {}


UNREADABLE: list[Callable[[dict[str, Any]], object]] = [
    lambda change: change.pop("NewImage"),
    lambda change: change.update(NewImage=None),
    lambda change: change.update(NewImage="image"),
    lambda change: change["NewImage"].pop("client_id"),
    lambda change: change["NewImage"].update(status={"S": "done"}),
    lambda change: change["NewImage"].pop("settled_at"),
]


@pytest.mark.parametrize("number", range(len(UNREADABLE)))
def test_an_unreadable_record_is_a_dead_letter_and_delays_no_other(
    batches: Batches, capsys: Output, number: int
) -> None:
    records = batches.stream()
    UNREADABLE[number](records[3]["dynamodb"])
    assert batches.publish(records) == []
    assert len(batches.world.bus.accepted) == 2
    (letter,) = batches.world.dead_letters.sent
    assert json.loads(letter)["sequence_number"] == number_of(records[3])
    assert counted(capsys) == {"event_dead_lettered": 1}


def message(result: TerminalResult) -> dict[str, str]:
    queue = QueueDouble()
    SqsEmergencyQueue(SqsQueue(cast("Any", queue), "emergency")).keep(result)
    return {"messageId": uuid.uuid4().hex, "body": queue.sent[0]}


@pytest.mark.parametrize("result", [failed, unknown])
def test_what_can_never_be_stored_stays_for_a_person(
    batches: Batches, capsys: Output, result: Callable[..., TerminalResult]
) -> None:
    made, now = batches.claim(age=1), batches.world.clock.time_of_day
    batches.world.ledger.store(completed(made, at=now))
    bad = [
        message(result(made, at=now)),
        {"messageId": "m-garbage", "body": "canary"},
        {"messageId": "m-deep", "body": "[" * 200_000},
        {"messageId": "m-half", "body": json.dumps({"verification_id": "v"})},
    ]
    good = message(completed(batches.claim(age=1), at=now))
    assert batches.recover([*bad, good]) == [one["messageId"] for one in bad]
    assert [record.status for record in batches.world.records()] == ["completed"] * 2
    assert counted(capsys)["result_not_recoverable"] == 4
    assert "canary" not in batches.telemetry.stream.getvalue()


def test_a_sweep_while_the_table_is_down_is_counted(batches: Batches, capsys: Output) -> None:
    batches.claim()
    batches.world.faults.fail("table.query", refused())
    assert batches.sweep() == 0
    assert counted(capsys) == {"sweep_failed": 1}
    assert batches.sweep() == 1
