"""Tables: keys, index, expiry and stream are those that the functions write, ask for and read."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast, get_args, get_type_hints

import pytest

from infra.tables import TERMINAL_STATUSES
from liveness_gateway.adapters.dynamodb.call_counter import DynamoDBCallCounter
from liveness_gateway.adapters.dynamodb.items import (
    SWEEP_SHARDS,
    attempt_reference_of,
    claim_item,
    epoch,
)
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.upstream.breaker import CountingBreakerStore
from liveness_gateway.adapters.upstream.window import SharedWindow
from liveness_gateway.clock import SystemClock
from liveness_gateway.verifications.events import DETAIL_TYPES, EventData
from liveness_gateway.verifications.model import Image, Status, Verification
from tests.contracts.deployed import table
from tests.contracts.recorded import Recorded
from tests.infra.assembly import Assembly
from tests.tables import create_short_lived

if TYPE_CHECKING:
    from liveness_gateway.telemetry import Telemetry

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLAIM: Final = Verification(
    verification_id="4c1f0c9d2b6a4c0e8f3a9d1e5b7c2a60",
    client_id="client",
    status=Status.PROCESSING,
    fingerprint="f",
    threshold=Decimal("0.6"),
    image=Image(width=95, height=71, format="jpeg", bytes=20480),
    subject_ref=None,
    correlation_id="c",
    claim_id="a",
    created_at=NOON,
    deadline=NOON + timedelta(seconds=60),
    expires_at=NOON + timedelta(days=1),
)
ITEM: Final = claim_item(CLAIM)
REFUSED: Final = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "refused"}}


def keys(schema: list[dict[str, str]]) -> list[str]:
    return [key["AttributeName"] for key in schema]


def types(properties: dict[str, Any]) -> dict[str, str]:
    """The declared attributes of a table, with their types."""
    return {a["AttributeName"]: a["AttributeType"] for a in properties["AttributeDefinitions"]}


def types_in(item: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    return {name: kind for name, value in item.items() for kind in value if name in names}


def test_a_record_has_the_keys_and_the_expiry_of_the_table(assembly: Assembly) -> None:
    properties = table(assembly, "TABLE_NAME")
    assert types(properties) == types_in(ITEM, types(properties))
    expiry = properties["TimeToLiveSpecification"]["AttributeName"]
    assert ITEM[expiry] == {"N": str(epoch(CLAIM.expires_at))}
    recorded = Recorded()
    DynamoDBLedger(recorded.client, "table").get(CLAIM.verification_id)
    assert list(recorded.requests[0]["Key"]) == keys(properties["KeySchema"])


def test_what_is_overdue_is_asked_of_the_index_that_exists(assembly: Assembly) -> None:
    (index,) = table(assembly, "TABLE_NAME")["GlobalSecondaryIndexes"]
    recorded = Recorded(*({"Items": []} for _ in SWEEP_SHARDS))
    list(DynamoDBLedger(recorded.client, "table").overdue(NOON))
    assert len(recorded.requests) == len(SWEEP_SHARDS)
    for request in recorded.requests:
        assert request["IndexName"] == index["IndexName"]
        asked = request["KeyConditionExpression"].split()
        assert [asked[0], asked[4]] == keys(index["KeySchema"])
    asked_for = [request["ExpressionAttributeValues"][":shard"] for request in recorded.requests]
    assert ITEM["sweep_shard"] in asked_for


def test_an_entry_of_the_index_holds_what_the_sweep_reads(assembly: Assembly) -> None:
    properties = table(assembly, "TABLE_NAME")
    (index,) = properties["GlobalSecondaryIndexes"]
    kept = {
        *keys(properties["KeySchema"]),
        *keys(index["KeySchema"]),
        *index["Projection"]["NonKeyAttributes"],
    }
    assert kept <= ITEM.keys(), "infra/tables.py projects what items.py does not write"
    entry = {name: value for name, value in ITEM.items() if name in kept}
    assert attempt_reference_of(entry) == CLAIM.attempt_reference


def test_the_breaker_writes_the_key_and_expiry_of_its_table(assembly: Assembly) -> None:
    properties = table(assembly, "BREAKER_TABLE_NAME")
    expiry = properties["TimeToLiveSpecification"]["AttributeName"]
    nobody = cast("Telemetry", None)
    # The first request finds no window, so the second begins one.
    window = Recorded(REFUSED)
    SharedWindow(window.client, "breaker", SystemClock(), nobody).add(success=False)
    update, begin = window.requests
    assert list(update["Key"]) == keys(properties["KeySchema"])
    declared = types(properties) | {expiry: "N"}
    assert types_in(begin["Item"], declared) == declared
    # Powertools writes the state of the breaker into the same table.
    state = Recorded()
    store = CountingBreakerStore("breaker", state.client, nobody)
    store.save_open("upstream", failure_count=1, opened_at=0)
    written = json.dumps(state.requests[-1])
    assert all(f'"{name}"' in written for name in (*keys(properties["KeySchema"]), expiry))


def test_the_stream_wakes_the_publisher_for_every_terminal_status(assembly: Assembly) -> None:
    stream = table(assembly, "TABLE_NAME")["StreamSpecification"]
    assert stream["StreamViewType"] == "NEW_IMAGE"
    (found,) = assembly.mapping("publish_events")["FilterCriteria"]["Filters"]
    woken = json.loads(found["Pattern"])["dynamodb"]["NewImage"]["status"]["S"]
    terminal = {str(status) for status in Status if status is not Status.PROCESSING}
    assert ITEM["status"] == {"S": "processing"}
    assert set(woken) == set(TERMINAL_STATUSES) == terminal
    assert {str(status) for status in DETAIL_TYPES} == terminal
    assert set(get_args(get_type_hints(EventData)["status"])) == terminal


def test_a_count_has_the_key_and_the_expiry_of_its_table(assembly: Assembly) -> None:
    properties = table(assembly, "BUDGET_TABLE_NAME")
    recorded = Recorded(REFUSED)
    DynamoDBCallCounter(recorded.client, "budgets").take("client-1", NOON.date(), 1, 1)
    _, begin = recorded.requests
    assert list(begin["Key"]) == keys(properties["KeySchema"])
    expiry = properties["TimeToLiveSpecification"]["AttributeName"]
    assert f"{expiry} = :expiry" in begin["UpdateExpression"]
    assert list(begin["ExpressionAttributeValues"][":expiry"]) == ["N"]


@pytest.mark.parametrize("name", ["BREAKER_TABLE_NAME", "BUDGET_TABLE_NAME"])
def test_the_tests_have_the_tables_as_they_are_deployed(prod: Assembly, name: str) -> None:
    properties = table(prod, name)
    recorded = Recorded()
    create_short_lived(recorded.client, name)
    (request,) = recorded.requests
    for member in ("KeySchema", "AttributeDefinitions", "BillingMode"):
        assert request[member] == properties[member]
