"""The batch handler: nothing but a result leaves it, and nothing is lost."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from liveness_gateway.entrypoints.batch import Batch, BatchHandler
from liveness_gateway.entrypoints.queues import all_messages
from liveness_gateway.entrypoints.schedule import nothing_swept
from liveness_gateway.entrypoints.streams import whole_batch
from tests.faults import KilledError
from tests.unit.entrypoints.batches import Batches
from tests.written_telemetry import counted

Log = pytest.LogCaptureFixture


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


def test_a_dying_process_is_not_held_up(batches: Batches) -> None:
    batches.world.faults.fail("bus.put", KilledError())
    with pytest.raises(KilledError):
        batches.publish(batches.stream())


@pytest.mark.parametrize("method", ["begin", "log", "flush"])
def test_telemetry_that_fails_leaves_no_exception(
    batches: Batches, caplog: Log, method: str
) -> None:
    batches.world.faults.fail(f"telemetry.{method}", LookupError("canary"), times=9)
    assert batches.sweep() == 0
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text


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


@pytest.mark.parametrize(
    ("failed", "result"),
    [
        (whole_batch, {"batchItemFailures": [{"itemIdentifier": "1"}]}),
        (all_messages, {"batchItemFailures": [{"itemIdentifier": "m-1"}]}),
        (nothing_swept, {"ended": 0}),
    ],
)
def test_a_function_that_cannot_start_says_so_and_loses_nothing(
    caplog: Log, failed: Callable[[Any], dict[str, Any]], result: dict[str, Any]
) -> None:
    event = {"Records": [{"dynamodb": {"SequenceNumber": "1"}, "messageId": "m-1"}]}
    assert BatchHandler(broken, failed)(event, None) == result
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text
    assert caplog.records[0].levelno == logging.CRITICAL
