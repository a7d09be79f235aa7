"""The functions nobody waits for: nothing is lost, and nothing but a result leaves them."""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from liveness_gateway.adapters.dynamodb.items import marshal, verification_of
from liveness_gateway.entrypoints.batch import Batch, BatchHandler
from liveness_gateway.entrypoints.queues import all_messages
from liveness_gateway.entrypoints.schedule import nothing_swept
from liveness_gateway.entrypoints.streams import PublishBatch, whole_batch
from liveness_gateway.verifications.publishing import Publisher
from tests.adapters.job_contexts import Context, again
from tests.adapters.samples import claim, completed
from tests.fakes import Change, KilledError
from tests.world import World
from tests.written_telemetry import WrittenTelemetry, counted

Output = pytest.CaptureFixture[str]


def image(change: Change) -> dict[str, Any]:
    """A record of the stream as Lambda delivers it."""
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"verification_id": change.image["verification_id"]},
            "NewImage": change.image,
            "SequenceNumber": change.sequence_number,
            "StreamViewType": "NEW_IMAGE",
        },
    }


class Announcing:
    """`publish_events` over the fakes, with a real telemetry."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.telemetry = WrittenTelemetry()
        self.handler = BatchHandler(self.build, whole_batch)

    def build(self) -> PublishBatch:
        world = self.world
        made = Publisher(world.bus, world.dead_letters, world.clock, self.telemetry, "local")
        return PublishBatch(made, verification_of, self.telemetry)

    def batch(self, count: int = 3) -> list[dict[str, Any]]:
        """Records of completed verifications, each with its claim before it."""
        now = self.world.clock.now()
        for _ in range(count):
            made = claim(at=now)
            self.world.ledger.claim(made)
            self.world.ledger.store(completed(made, at=now))
        return [image(change) for change in self.world.ledger.stream]


@pytest.fixture
def announcing(world: World) -> Announcing:
    return Announcing(world)


def test_a_batch_is_announced(announcing: Announcing, capsys: Output) -> None:
    assert again(announcing.handler({"Records": announcing.batch()}, Context())) == []
    assert len(announcing.world.bus.accepted) == 3
    (line,) = announcing.telemetry.lines
    assert (line["message"], line["count"]) == ("batch published", 6)
    assert line["function_request_id"] == "function-request-1"
    assert counted(capsys) == {}


def test_what_was_not_taken_comes_again_alone(announcing: Announcing, capsys: Output) -> None:
    records = announcing.batch()
    announcing.world.bus.fail_next({1: "ThrottlingException"})
    assert again(announcing.handler({"Records": records}, Context())) == [
        records[3]["dynamodb"]["SequenceNumber"]
    ]
    assert counted(capsys) == {"event_retried": 1}


UNREADABLE: list[Callable[[dict[str, Any]], object]] = [
    lambda change: change.pop("NewImage"),
    lambda change: change.update(NewImage=None),
    lambda change: change.update(NewImage={}),
    lambda change: change.update(NewImage=[]),
    lambda change: change.update(NewImage="image"),
    lambda change: change["NewImage"].pop("client_id"),
    lambda change: change["NewImage"].update(status={"S": "done"}),
    lambda change: change["NewImage"].update(settled_at={"S": "now"}),
    lambda change: change["NewImage"].pop("settled_at"),
    lambda change: change["NewImage"].update(expires_at={"N": "1e17"}),
    lambda change: change["NewImage"].update(score={"B": "AAAA"}),
    lambda change: change["NewImage"].update(score={"S": "much"}),
    lambda change: change["NewImage"].update(upstream={"S": "x"}),
]


@pytest.mark.parametrize("number", range(len(UNREADABLE)))
def test_a_record_nobody_can_read_is_buried_and_delays_nobody(
    announcing: Announcing, capsys: Output, number: int
) -> None:
    records = announcing.batch()
    UNREADABLE[number](records[3]["dynamodb"])
    assert again(announcing.handler({"Records": records}, Context())) == []
    assert len(announcing.world.bus.accepted) == 2
    (letter,) = announcing.world.dead_letters.bodies
    assert json.loads(letter)["sequence_number"] == records[3]["dynamodb"]["SequenceNumber"]
    assert counted(capsys) == {"event_dead_lettered": 1}


def test_a_letter_that_was_not_taken_comes_again(announcing: Announcing) -> None:
    records = announcing.batch()
    del records[3]["dynamodb"]["NewImage"]
    announcing.world.dead_letters.full = True
    assert again(announcing.handler({"Records": records}, Context())) == [
        records[3]["dynamodb"]["SequenceNumber"]
    ]


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, MemoryError, RecursionError, LookupError])
def test_after_an_error_nobody_foresaw_the_whole_batch_comes_again(
    announcing: Announcing,
    caplog: pytest.LogCaptureFixture,
    capsys: Output,
    kind: type[Exception],
) -> None:
    records = announcing.batch()
    announcing.world.faults.fail("bus.put", kind("canary"))
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert again(announcing.handler({"Records": records}, Context())) == numbers
    assert kind.__name__ in caplog.text
    assert "canary" not in caplog.text + announcing.telemetry.stream.getvalue()
    assert counted(capsys) == {"unhandled": 1}
    assert again(announcing.handler({"Records": records}, Context())) == []
    assert len(announcing.world.bus.accepted) == 3


def test_a_dying_process_is_not_held_up(announcing: Announcing) -> None:
    announcing.world.faults.fail("bus.put", KilledError())
    with pytest.raises(KilledError):
        announcing.handler({"Records": announcing.batch()}, Context())


STRANGE_EVENTS: list[Any] = [
    {}, {"Records": []}, {"Records": [{}]}, {"Records": [{"dynamodb": {}}]}, {"Records": [None]},
    {"Records": None}, None, [], "event", {"Records": [{"dynamodb": None}]}, {"Records": 5},
    {"Records": [{"messageId": "m-1"}]}, {"Records": [{"body": "{}"}]},
]  # fmt: skip


@pytest.mark.parametrize("event", STRANGE_EVENTS)
@pytest.mark.parametrize("failed", [whole_batch, all_messages])
def test_an_event_of_nobody_leaves_no_exception(
    announcing: Announcing,
    event: dict[str, Any],
    failed: Callable[[Any], dict[str, Any]],
) -> None:
    result = BatchHandler(announcing.build, failed)(event, None)
    assert result.keys() == {"batchItemFailures"}


def broken() -> Batch:
    raise LookupError("canary")


@pytest.mark.parametrize(
    ("handler", "event", "result"),
    [
        (
            BatchHandler(broken, whole_batch),
            {"Records": [{"dynamodb": {"SequenceNumber": "1"}}]},
            {"batchItemFailures": [{"itemIdentifier": "1"}]},
        ),
        (
            BatchHandler(broken, all_messages),
            {"Records": [{"messageId": "m-1", "body": "{}"}]},
            {"batchItemFailures": [{"itemIdentifier": "m-1"}]},
        ),
        (BatchHandler(broken, nothing_swept), {}, {"ended": 0}),
    ],
)
def test_a_function_that_cannot_start_says_so_and_loses_nothing(
    caplog: pytest.LogCaptureFixture,
    handler: BatchHandler,
    event: dict[str, Any],
    result: dict[str, Any],
) -> None:
    assert handler(event, Context()) == result
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text
    assert caplog.records[0].levelno == logging.CRITICAL


def test_the_stream_of_a_real_table_is_what_these_records_look_like() -> None:
    """`marshal` writes what DynamoDB's own stream image holds."""
    assert marshal({"n": 1, "s": "x", "none": None, "empty": []}) == {
        "n": {"N": "1"},
        "s": {"S": "x"},
    }
