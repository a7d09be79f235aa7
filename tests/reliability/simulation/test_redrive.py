"""I5, I11: a letter is announced again under its id, and not once its record has expired."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from cli.redrive import Redrive, Tally
from tests.doubles.bus import BusDouble
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request


def letter_of(days: int) -> str:
    """The letter of a record that lives for so many days from the simulation's time on."""
    gateway = Gateway(timedelta(days=days))
    gateway.ask(Request()).run()
    gateway.bus.refusals = {0: "MalformedDetail"}
    gateway.publish(gateway.new_in_stream()).run()
    return gateway.letters.sent[0]


@dataclass
class AccountDouble:
    """The account a stage is deployed in, as far as the redrive looks."""

    bus: BusDouble
    letters: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients
        return self.bus if service == "events" else self

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        names = ("DeadLetterQueueUrl", "TableName", "EventBusName")
        outputs = [{"OutputKey": name, "OutputValue": name} for name in names]
        return {"Stacks": [{"Outputs": outputs}]}

    def receive_message(self, **_: object) -> dict[str, Any]:
        held = enumerate(self.letters)
        return {"Messages": [{"MessageId": str(n), "ReceiptHandle": b, "Body": b} for n, b in held]}

    def delete_message(self, *, ReceiptHandle: str, **_: str) -> None:  # noqa: N803 - as boto3 has it
        self.letters.remove(ReceiptHandle)


# The simulation's time is in the past of the machine's clock, which the redrive reads.
@pytest.mark.parametrize(
    ("days", "refusals", "told"),
    [
        (1, {}, Tally(expired=1)),
        (36_500, {}, Tally(announced=1)),
        (36_500, {0: "ThrottlingException"}, Tally(left={"ThrottlingException": 1})),
    ],
)
def test_what_becomes_of_a_letter(days: int, refusals: dict[int, str], told: Tally) -> None:
    bus, letter = BusDouble(refusals=refusals), letter_of(days)
    account = AccountDouble(bus, [letter])
    redrive, tally = Redrive(cast("Any", account), "dev"), Tally()
    for message in redrive.letters():
        redrive.process(message, tally)
    assert tally == told
    ids = [json.loads(entry["Detail"])["metadata"]["id"] for entry in bus.accepted]
    assert ids == [json.loads(letter)["event"]["id"]] * told.announced
    assert account.letters == [letter] * len(told.left)
