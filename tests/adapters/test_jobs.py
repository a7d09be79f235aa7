"""The functions nobody waits for: nothing is lost, and nothing but a result leaves them."""

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from liveness_gateway.adapters.items import marshal
from liveness_gateway.adapters.jobs import (
    Job,
    all_messages,
    nothing_swept,
    publish_batch,
    store_kept,
    sweep_once,
    whole_batch,
)
from liveness_gateway.adapters.queues import SqsEmergencyQueue
from liveness_gateway.domain import Settlement, Status, Verification
from liveness_gateway.errors import LedgerUnavailable
from liveness_gateway.publishing import Publisher
from liveness_gateway.recovery import Recoverer, Sweeper
from tests.adapters.journals import WrittenJournal, counted
from tests.adapters.samples import claim, completed, failed, seconds, unknown
from tests.fakes import Change, FakeQueue, KilledError
from tests.world import World

Output = pytest.CaptureFixture[str]


class Context:
    aws_request_id = "function-request-1"


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


def again(result: Mapping[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in result["batchItemFailures"]]


class Announcing:
    """`publish_events` over the fakes, with a real journal."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journal = WrittenJournal()
        self.handler = Job(self._build, publish_batch, whole_batch)

    def _build(self) -> tuple[Publisher, WrittenJournal]:
        world = self.world
        made = Publisher(world.bus, world.dead_letters, world.clock, self.journal, "local")
        return made, self.journal

    def batch(self, count: int = 3) -> list[dict[str, Any]]:
        """Records of completed verifications, each with its claim before it."""
        now = self.world.clock.now()
        for _ in range(count):
            made = claim(at=now)
            self.world.ledger.claim(made)
            self.world.ledger.settle(completed(made, at=now))
        return [image(change) for change in self.world.ledger.stream]


@pytest.fixture
def announcing(world: World) -> Announcing:
    return Announcing(world)


def test_a_batch_is_announced(announcing: Announcing, capsys: Output) -> None:
    assert again(announcing.handler({"Records": announcing.batch()}, Context())) == []
    assert len(announcing.world.bus.accepted) == 3
    (line,) = announcing.journal.lines
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
    assert "canary" not in caplog.text + announcing.journal.stream.getvalue()
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
    result = Job(announcing.handler._build, publish_batch, failed)(event, None)  # noqa: SLF001
    assert result.keys() == {"batchItemFailures"}


def broken() -> tuple[Any, WrittenJournal]:
    raise LookupError("canary")


@pytest.mark.parametrize(
    ("handler", "event", "result"),
    [
        (
            Job(broken, publish_batch, whole_batch),
            {"Records": [{"dynamodb": {"SequenceNumber": "1"}}]},
            {"batchItemFailures": [{"itemIdentifier": "1"}]},
        ),
        (
            Job(broken, store_kept, all_messages),
            {"Records": [{"messageId": "m-1", "body": "{}"}]},
            {"batchItemFailures": [{"itemIdentifier": "m-1"}]},
        ),
        (Job(broken, sweep_once, nothing_swept), {}, {"ended": 0}),
    ],
)
def test_a_function_that_cannot_start_says_so_and_loses_nothing(
    caplog: pytest.LogCaptureFixture,
    handler: Job[Any],
    event: dict[str, Any],
    result: dict[str, Any],
) -> None:
    assert handler(event, Context()) == result
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text
    assert caplog.records[0].levelno == logging.CRITICAL


class Sweeping:
    """`sweep` and `recover` over the fakes, with a real journal."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journal = WrittenJournal()
        self.sweep = Job(self._sweeper, sweep_once, nothing_swept)
        self.recover = Job(self._recoverer, store_kept, all_messages)

    def _sweeper(self) -> tuple[Sweeper, WrittenJournal]:
        return Sweeper(self.world.ledger, self.world.clock, self.journal), self.journal

    def _recoverer(self) -> tuple[Recoverer, WrittenJournal]:
        return Recoverer(self.world.ledger, self.journal), self.journal

    def claimed(self, age: float = 61) -> Verification:
        made = claim(at=self.world.clock.now() - seconds(age))
        self.world.ledger.claim(made)
        return made


@pytest.fixture
def sweeping(world: World) -> Sweeping:
    return Sweeping(world)


def test_overdue_verifications_are_ended_once(sweeping: Sweeping, capsys: Output) -> None:
    overdue = [sweeping.claimed() for _ in range(2)]
    young = sweeping.claimed(age=1)
    assert sweeping.sweep({}, Context()) == {"ended": 2}
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"verification_unknown": 2}
    found = {one.verification_id: one for one in sweeping.world.ledger.all()}
    assert {found[one.verification_id].status for one in overdue} == {Status.UNKNOWN}
    assert found[young.verification_id].status is Status.PROCESSING


def test_a_sweep_while_the_table_is_down_is_counted(sweeping: Sweeping, capsys: Output) -> None:
    sweeping.claimed()
    sweeping.world.faults.fail("ledger.overdue", LedgerUnavailable("x"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert counted(capsys) == {"sweep_failed": 1}
    assert sweeping.sweep({}, Context()) == {"ended": 1}


def test_a_sweep_nobody_foresaw_ends_without_its_text(
    sweeping: Sweeping, caplog: pytest.LogCaptureFixture
) -> None:
    sweeping.claimed()
    sweeping.world.faults.fail("ledger.settle", RuntimeError("canary"))
    assert sweeping.sweep({}, Context()) == {"ended": 0}
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def message(result: Settlement) -> dict[str, str]:
    kept = FakeQueue()
    SqsEmergencyQueue(kept).keep(result)
    return {"messageId": uuid.uuid4().hex, "body": kept.bodies[0]}


def test_a_kept_result_is_stored_once(sweeping: Sweeping, capsys: Output) -> None:
    made = sweeping.claimed(age=1)
    event = {"Records": [message(completed(made, at=sweeping.world.clock.now()))]}
    assert again(sweeping.recover(event, Context())) == []
    assert again(sweeping.recover(event, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version) == (Status.COMPLETED, 1)
    assert counted(capsys)["result_recovered"] >= 1


def test_a_kept_result_after_the_sweep_is_a_second_version(sweeping: Sweeping) -> None:
    made = sweeping.claimed()
    kept = message(completed(made, at=sweeping.world.clock.now()))
    sweeping.sweep({}, Context())
    assert again(sweeping.recover({"Records": [kept]}, Context())) == []
    (stored,) = sweeping.world.ledger.all()
    assert (stored.status, stored.version, stored.reasons) == (Status.COMPLETED, 2, ())


def test_a_table_that_is_down_keeps_the_message(sweeping: Sweeping) -> None:
    made = [sweeping.claimed(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.settle", LedgerUnavailable("x"), skip=1)
    result = sweeping.recover({"Records": messages}, Context())
    assert again(result) == [messages[1]["messageId"]]


@pytest.mark.parametrize("result", [failed, unknown])
def test_what_can_never_be_stored_stays_for_a_person(
    sweeping: Sweeping, capsys: Output, result: Callable[..., Settlement]
) -> None:
    made = sweeping.claimed(age=1)
    now = sweeping.world.clock.now()
    sweeping.world.ledger.settle(completed(made, at=now))
    bad = [
        message(result(made, at=now)),
        {"messageId": "m-garbage", "body": "canary"},
        {"messageId": "m-deep", "body": "[" * 200_000},
        {"messageId": "m-half", "body": json.dumps({"verification_id": "v"})},
    ]
    good = sweeping.claimed(age=1)
    messages = [*bad, message(completed(good, at=now))]
    names = [one["messageId"] for one in bad]
    assert again(sweeping.recover({"Records": messages}, Context())) == names
    assert counted(capsys)["result_not_recoverable"] == 4
    assert "canary" not in sweeping.journal.stream.getvalue()


def test_a_poisonous_message_delays_no_other(sweeping: Sweeping) -> None:
    """One the ledger chokes on in a way nobody foresaw, between two good ones."""
    made = [sweeping.claimed(age=1) for _ in range(3)]
    messages = [message(completed(one, at=sweeping.world.clock.now())) for one in made]
    sweeping.world.faults.fail("ledger.settle", RuntimeError("canary"), skip=1)
    sweeping.recover({"Records": messages}, Context())
    stored = {one.verification_id: one.status for one in sweeping.world.ledger.all()}
    assert stored[made[0].verification_id] is Status.COMPLETED
    assert again(sweeping.recover({"Records": messages[1:]}, Context())) == []
    assert {one.status for one in sweeping.world.ledger.all()} == {Status.COMPLETED}


def test_the_stream_of_a_real_table_is_what_these_records_look_like() -> None:
    """`marshal` writes what DynamoDB's own stream image holds."""
    assert marshal({"n": 1, "s": "x", "none": None, "empty": []}) == {
        "n": {"N": "1"},
        "s": {"S": "x"},
    }


class BrokenJournal(WrittenJournal):
    """A journal that cannot count: its namespace is gone."""

    def count(self, metric: str, value: int = 1) -> None:
        raise LookupError(f"no namespace for {value} {metric}")


def test_a_journal_that_fails_leaves_no_exception_either(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken_journal = BrokenJournal()
    world.faults.fail("ledger.overdue", LedgerUnavailable("x"))
    sweeper = Sweeper(world.ledger, world.clock, broken_journal)
    handler = Job(lambda: (sweeper, broken_journal), sweep_once, nothing_swept)
    assert handler({}, Context()) == {"ended": 0}
    assert "LookupError" in caplog.text
