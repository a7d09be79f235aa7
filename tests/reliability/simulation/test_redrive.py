"""I5, I11: a letter is announced again under its id, and not once its record has expired."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from cli.redrive import Redrive, Tally
from liveness_gateway.verifications.publishing import event_of
from tests.doubles.bus import BusDouble
from tests.samples import claim, unknown

NOW = datetime.now(UTC)


def event(days: int) -> dict[str, str]:
    """The event of a record that lives for so many days from now."""
    of = claim(at=NOW - timedelta(days=3), expires_at=NOW + timedelta(days=days))
    result = unknown(of, at=of.created_at)
    return event_of(
        replace(
            of, status=result.status, version=1, ended_at=result.ended_at, reasons=("timeout",)
        ),
        "dev",
    )


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


@pytest.mark.parametrize(
    ("days", "refusal", "told"),
    [(-1, None, Tally(expired=1)), (1, None, Tally(announced=1)),
     (1, "ThrottlingException", Tally(left={"ThrottlingException": 1}))],
)  # fmt: skip
def test_what_becomes_of_a_letter(days: int, refusal: str | None, told: Tally) -> None:
    bus = BusDouble(refusals={0: refusal} if refusal else {})
    made = event(days)
    letter = json.dumps({"sequence_number": "1", "event": made})
    account = AccountDouble(bus, [letter])
    redrive, tally = Redrive(cast("Any", account), "dev"), Tally()
    for message in redrive.letters():
        redrive.process(message, tally)
    assert tally == told
    ids = [json.loads(entry["Detail"])["metadata"]["id"] for entry in bus.accepted]
    assert ids == [made["id"]] * told.announced
    assert account.letters == [letter] * len(told.left)
