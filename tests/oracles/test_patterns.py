"""The stream's filter and the documents' rules, run by an engine for event patterns (moto's).

Source: EventBridge user guide, "Event patterns"; Lambda developer guide, "Control which events
Lambda sends to your function", whose filters have the same syntax.
"""

import ast
import json
import re
from typing import Any, Final

import pytest
from moto.events.models import EventPattern

from liveness_gateway.adapters.dynamodb.items import claim_item, marshal, result_values
from liveness_gateway.verifications.claims import ended
from liveness_gateway.verifications.events import DETAIL_TYPES, SOURCE, event_detail
from tests.infra.assembly import ROOT, Assembly
from tests.samples import Result, claim, completed, failed, unknown

RESULTS: Final[dict[str, Result]] = {
    "completed": completed,
    "failed": failed,
    "unknown": unknown,
}


def stream_record(event_name: str, result: Result | None) -> dict[str, Any]:
    """A record of the table's stream, as DynamoDB writes it."""
    made = claim()
    item = claim_item(made) | (marshal(result_values(result(made))) if result else {})
    change: dict[str, Any] = {"SequenceNumber": "1", "StreamViewType": "NEW_IMAGE"}
    if event_name != "REMOVE":
        change |= {"NewImage": item}
    return {"eventName": event_name, "eventSource": "aws:dynamodb", "dynamodb": change}


def event_of(result: Result) -> dict[str, Any]:
    """An event on the bus, in EventBridge's envelope."""
    made = claim()
    terminal = result(made)
    record = ended(made, terminal, 1)
    return {
        "version": "0",
        "source": SOURCE,
        "detail-type": DETAIL_TYPES[terminal.status],
        "detail": event_detail(record, "prod"),
    }


def matches(pattern: str, event: Any) -> bool:  # noqa: ANN401 - any event
    return bool(EventPattern.load(pattern).matches_event(event))


def stream_filter(assembly: Assembly) -> str:
    (one,) = assembly.mapping("publish_events")["FilterCriteria"]["Filters"]
    return str(one["Pattern"])


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("event_name", ["INSERT", "MODIFY"])
def test_a_terminal_version_reaches_the_publisher(
    assembly: Assembly, event_name: str, name: str
) -> None:
    assert matches(stream_filter(assembly), stream_record(event_name, RESULTS[name]))


@pytest.mark.parametrize(
    "record",
    [
        stream_record("INSERT", None),  # a claim
        stream_record("MODIFY", None),  # the next attempt
        stream_record("REMOVE", None),  # TTL, or an operator
        stream_record("INSERT", completed) | {"eventName": "REMOVE"},
        {"eventName": "INSERT", "dynamodb": {"NewImage": {"status": {"N": "1"}}}},
    ],
    ids=["claim", "next attempt", "deleted", "deleted with its image", "none of ours"],
)
def test_nothing_else_does(assembly: Assembly, record: dict[str, Any]) -> None:
    assert not matches(stream_filter(assembly), record)


def documented_pattern() -> dict[str, Any]:
    """The pattern of the rule in docs/consume.md, as EventBridge has it."""
    text = (ROOT / "docs" / "consume.md").read_text()
    (call,) = re.findall(r"events\.EventPattern\((.*?)\n    \)", text, re.DOTALL)
    parsed = ast.parse(f"f({call})", mode="eval").body
    assert isinstance(parsed, ast.Call)
    return {
        str(keyword.arg).replace("_", "-"): ast.literal_eval(keyword.value)
        for keyword in parsed.keywords
    }


@pytest.mark.parametrize("name", RESULTS)
def test_the_documented_rule_matches_what_it_says(name: str) -> None:
    pattern = json.dumps(documented_pattern())
    event = event_of(RESULTS[name])
    assert matches(pattern, event) is (name == "completed")
    assert not matches(pattern, event | {"source": "another"})
