"""I5, I11: a letter is announced again under its id, and not once its record has expired."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from cli.redrive import Redrive, Tally, main
from tests.doubles.bus import BusDouble
from tests.doubles.expressions import Item
from tests.doubles.table import TableDouble
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request

# The simulation's time is in the past of the machine's clock, which the redrive reads.
_FOR_EVER = 36_500
_PLACES = ("endSequenceNumber", "startSequenceNumber", "streamArn", "shardId")
_NONSENSE = (
    "", "[]", "null", "5", "text", "{}", '{"event": null}', '{"event": []}', '{"event": {}}',
    '{"event": {"detail": "{}"}}', '{"event": {"detail": "[]"}}', '{"DDBStreamBatchInfo": null}',
    '{"DDBStreamBatchInfo": []}', '{"DDBStreamBatchInfo": {"endSequenceNumber": "x"}}',
    "[" * 100_000, "\ud800", "9" * 5_000,
    '{"DDBStreamBatchInfo": {"endSequenceNumber": 1e999}}',
    json.dumps({"DDBStreamBatchInfo": dict.fromkeys(_PLACES, 7)}),
)  # fmt: skip


@dataclass
class StreamDouble:
    """A shard of the table's stream: pages of records, some of them empty."""

    pages: Sequence[Sequence[Any]]

    def get_shard_iterator(self, **arguments: object) -> dict[str, str]:
        if not all(isinstance(value, str) for value in arguments.values()):
            raise ParamValidationError(report="as boto3 has it")
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        number = int(ShardIterator)
        page = self.pages[number] if number < len(self.pages) else []
        return {"Records": page, "NextShardIterator": str(number + 1)}


@dataclass
class AccountDouble:
    """The account a stage is deployed in, as far as the redrive looks.

    Attributes:
        hidden: the letters that were received and are not visible again yet, by receipt.
        hides_on: the queue refuses to show them before their time.
    """

    table: TableDouble
    bus: BusDouble
    letters: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    hides_on: bool = False
    stream: StreamDouble = field(default_factory=lambda: StreamDouble([]))

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients
        doubles = {"events": self.bus, "dynamodb": self.table, "dynamodbstreams": self.stream}
        return doubles.get(service, self)

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        names = ("DeadLetterQueueUrl", "TableName", "EventBusName")
        outputs = [{"OutputKey": name, "OutputValue": name} for name in names]
        return {"Stacks": [{"Outputs": outputs}]}

    def get_queue_attributes(self, **_: object) -> dict[str, Any]:
        waiting = len(self.letters) - len(self.hidden)
        return {"Attributes": {"ApproximateNumberOfMessages": str(waiting)}}

    def receive_message(self, **_: object) -> dict[str, Any]:
        seen = [(n, body) for n, body in enumerate(self.letters) if body not in self.hidden]
        self.hidden.update(body for _, body in seen)
        return {
            "Messages": [{"MessageId": f"m{n}", "ReceiptHandle": b, "Body": b} for n, b in seen]
        }

    def change_message_visibility(
        self, *, ReceiptHandle: str, VisibilityTimeout: int, **_: str  # noqa: N803 - as boto3 has it
    ) -> None:  # fmt: skip
        assert VisibilityTimeout == 0
        if self.hides_on:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ChangeMessageVisibility")
        self.hidden.remove(ReceiptHandle)

    def delete_message(self, *, ReceiptHandle: str, **_: str) -> None:  # noqa: N803 - as boto3 has it
        self.letters.remove(ReceiptHandle)
        self.hidden.discard(ReceiptHandle)

    def redriven(self) -> Tally:
        """What one redrive did."""
        redrive, tally = Redrive(cast("Any", self), "dev"), Tally()
        for message in list(redrive.letters()):
            redrive.process(message, tally)
        return tally

    def announced(self) -> list[str]:
        return [json.loads(entry["Detail"])["metadata"]["id"] for entry in self.bus.accepted]


def account_with(days: int, letters: int = 1) -> AccountDouble:
    """A stage with letters of records that live for so many days from the simulation's time on."""
    gateway = Gateway(timedelta(days=days))
    for number in range(letters):
        gateway.ask(Request(key=f"key-{number}")).run()
    gateway.bus.poisoned = dict.fromkeys(gateway.table.items, "MalformedDetail")
    gateway.publish(gateway.new_in_stream()).run()
    return AccountDouble(gateway.table, BusDouble(), list(gateway.letters.sent))


def ids(letters: Sequence[str]) -> list[str]:
    return [json.loads(letter)["event"]["id"] for letter in letters]


@pytest.mark.parametrize(
    ("days", "refusals", "told"),
    [
        (1, {}, Tally(expired=1)),
        (_FOR_EVER, {}, Tally(announced=1)),
        (_FOR_EVER, {0: "ThrottlingException"}, Tally(left={"ThrottlingException": []})),
    ],
)
def test_what_becomes_of_a_letter(days: int, refusals: dict[int, str], told: Tally) -> None:
    account = account_with(days)
    letters = list(account.letters)
    account.bus.refusals = refusals
    tally = account.redriven()
    assert (tally.announced, tally.expired) == (told.announced, told.expired)
    assert tally.left.keys() == told.left.keys()
    assert account.announced() == ids(letters) * told.announced
    assert account.letters == letters * len(told.left)


def test_what_is_announced_is_what_the_record_says() -> None:
    account = account_with(_FOR_EVER)
    (letter,) = account.letters
    forged = json.loads(letter)
    detail = json.loads(forged["event"]["detail"])
    detail["data"] |= {"decision": "live", "score": 1, "subject_ref": "canary"}
    forged["event"] |= {"detail": json.dumps(detail), "id": "f" * 32}
    account.letters = [json.dumps(forged)]
    assert account.redriven().announced == 1
    assert account.announced() == ids([letter])
    assert "canary" not in account.bus.accepted[0]["Detail"]


@pytest.mark.parametrize("nonsense", _NONSENSE, ids=range(len(_NONSENSE)))
def test_a_letter_of_somebody_else_stays_and_stops_no_other(nonsense: str) -> None:
    account = account_with(_FOR_EVER, letters=3)
    expected = ids(account.letters)
    account.letters = [nonsense, *account.letters]
    tally = account.redriven()
    assert (tally.announced, list(tally.left.values())) == (3, [["m0"]])
    assert account.announced() == expected
    assert account.letters == [nonsense]


def batch_letter(first: str, last: str) -> str:
    """What Lambda writes of a batch it gave up on: where it is."""
    places = {"startSequenceNumber": first, "endSequenceNumber": last}
    return json.dumps({"DDBStreamBatchInfo": places | {"streamArn": "s", "shardId": "0"}})


def stream_of(account: AccountDouble) -> list[dict[str, Any]]:
    return [record(change.sequence_number, change.after) for change in account.table.stream]


def record(number: str, image: Item) -> dict[str, Any]:
    return {"dynamodb": {"SequenceNumber": number, "NewImage": image}}


def test_empty_pages_of_the_stream_are_read_past() -> None:
    account = account_with(_FOR_EVER, letters=3)
    expected, records = ids(account.letters), stream_of(account)
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
    account.letters = [batch_letter(numbers[0], numbers[-1])]
    account.stream.pages = [[], [], records[:3], [], [], [], records[3:]]
    assert account.redriven() == Tally(announced=3)
    assert (account.announced(), account.letters) == (expected, [])


def test_an_unreadable_record_of_a_batch_stops_no_other_and_the_letter_stays() -> None:
    account = account_with(_FOR_EVER, letters=3)
    expected, records = ids(account.letters), stream_of(account)
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
    records[1] = record(numbers[1], {"verification_id": {"S": "x"}})
    account.letters = [batch_letter(numbers[0], numbers[-1])]
    account.stream.pages = [records]
    assert account.redriven() == Tally(announced=2, left={"unreadable record": ["m0"]})
    assert account.announced() == expected[1:]
    assert len(account.letters) == 1


def test_a_stream_that_ends_early_leaves_the_letter() -> None:
    account = account_with(_FOR_EVER, letters=2)
    records = stream_of(account)
    numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
    account.letters = [batch_letter(numbers[0], numbers[-1])]
    account.stream.pages = [records[:2]]
    tally = account.redriven()
    assert tally.announced == 1
    assert tally.left.keys() == {"the stream ends before the last record of the letter"}
    assert len(account.letters) == 1


def test_a_dry_run_says_what_it_would_do_and_changes_nothing() -> None:
    account = account_with(_FOR_EVER, letters=2)
    letters = [*account.letters, "[]"]
    account.letters = list(letters)
    redrive, tally = Redrive(cast("Any", account), "dev", dry=True), Tally()
    for message in list(redrive.letters()):
        redrive.process(message, tally)
    assert tally == Tally(announced=2, left={"unreadable letter": ["m2"]})
    assert (account.announced(), account.letters) == ([], letters)


def test_the_next_run_finds_what_the_one_before_left(capsys: pytest.CaptureFixture[str]) -> None:
    account = account_with(_FOR_EVER, letters=2)
    account.letters.append("[]")
    for options, told in (
        (["--dry-run"], "2 would be announced, 1 left"),
        ([], "2 announced, 1 left"),
        ([], "0 announced, 1 left"),
    ):
        assert main(["--stage", "dev", *options], cast("Any", account)) == 1
        assert capsys.readouterr().out.splitlines()[0] == told
        assert not account.hidden


def test_a_queue_that_hides_what_stays_stops_no_run(capsys: pytest.CaptureFixture[str]) -> None:
    account = account_with(_FOR_EVER)
    account.letters.append("[]")
    account.hides_on = True
    assert main(["--stage", "dev"], cast("Any", account)) == 1
    assert capsys.readouterr().out.splitlines()[0] == "1 announced, 1 left"
    assert account.hidden == {"[]"}
