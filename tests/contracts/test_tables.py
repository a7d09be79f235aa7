"""Tables: keys, index, expiry and stream are those that the functions write, ask for and read."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast, get_args, get_type_hints

from infra.tables import TERMINAL_STATUSES
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
from tests.contracts.agreement import agree
from tests.contracts.deployed import table
from tests.contracts.recorded import Recorded
from tests.infra.assembly import Assembly
from tests.tables import create_breaker

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


def types_in(item: dict[str, Any]) -> dict[str, str]:
    return {name: next(iter(value)) for name, value in item.items()}


def test_a_claim_has_every_key_of_the_table_and_its_index(assembly: Assembly) -> None:
    declared = types(table(assembly, "TABLE_NAME"))
    agree(
        "types of the key attributes",
        {
            "infra/tables.py": declared,
            "functions/liveness_gateway/adapters/dynamodb/items.py": {
                name: kind for name, kind in types_in(ITEM).items() if name in declared
            },
        },
    )


def test_a_record_is_read_by_the_key_of_the_table(assembly: Assembly) -> None:
    recorded = Recorded()
    DynamoDBLedger(recorded.client, "table").get(CLAIM.verification_id)
    agree(
        "key of a record",
        {
            "infra/tables.py": keys(table(assembly, "TABLE_NAME")["KeySchema"]),
            "functions/liveness_gateway/adapters/dynamodb/ledger.py": list(
                recorded.requests[0]["Key"]
            ),
        },
    )


def test_what_is_overdue_is_asked_of_the_index_that_exists(assembly: Assembly) -> None:
    (index,) = table(assembly, "TABLE_NAME")["GlobalSecondaryIndexes"]
    recorded = Recorded(*({"Items": []} for _ in SWEEP_SHARDS))
    list(DynamoDBLedger(recorded.client, "table").overdue(NOON))
    assert len(recorded.requests) == len(SWEEP_SHARDS)
    for request in recorded.requests:
        asked = request["KeyConditionExpression"].split()
        agree(
            "index of overdue claims and its keys",
            {
                "infra/tables.py": (index["IndexName"], keys(index["KeySchema"])),
                "functions/liveness_gateway/adapters/dynamodb/ledger.py": (
                    request["IndexName"],
                    [asked[0], asked[4]],
                ),
            },
        )
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


def test_a_record_expires_by_the_attribute_the_table_deletes_by(assembly: Assembly) -> None:
    expiry = table(assembly, "TABLE_NAME")["TimeToLiveSpecification"]
    agree(
        "when an item is deleted",
        {
            "infra/tables.py": {expiry["AttributeName"]: {"N": str(epoch(CLAIM.expires_at))}},
            "functions/liveness_gateway/adapters/dynamodb/items.py": {
                "expires_at": ITEM["expires_at"]
            },
        },
    )


def test_the_breaker_writes_the_key_and_expiry_of_its_table(assembly: Assembly) -> None:
    properties = table(assembly, "BREAKER_TABLE_NAME")
    # The first request finds no window, so the second begins one.
    recorded = Recorded(REFUSED)
    nobody = cast("Telemetry", None)
    SharedWindow(recorded.client, "breaker", SystemClock(), nobody).add(success=False)
    update, begin = recorded.requests
    agree(
        "key of the breaker's table",
        {
            "infra/tables.py": keys(properties["KeySchema"]),
            "functions/liveness_gateway/adapters/upstream/window.py": list(update["Key"]),
        },
    )
    declared = types(properties) | {properties["TimeToLiveSpecification"]["AttributeName"]: "N"}
    agree(
        "types of key and expiry",
        {
            "infra/tables.py": declared,
            "functions/liveness_gateway/adapters/upstream/window.py": {
                name: kind for name, kind in types_in(begin["Item"]).items() if name in declared
            },
        },
    )


def test_powertools_is_given_the_breakers_table_as_it_expects_it(assembly: Assembly) -> None:
    properties = table(assembly, "BREAKER_TABLE_NAME")
    recorded = Recorded()
    store = CountingBreakerStore("breaker", recorded.client, cast("Telemetry", None))
    store.save_open("upstream", failure_count=1, opened_at=0)
    written = json.dumps(recorded.requests[-1])
    for name in (
        *keys(properties["KeySchema"]),
        properties["TimeToLiveSpecification"]["AttributeName"],
    ):
        assert f'"{name}"' in written, f"infra/tables.py: {name}; Powertools: {written}"


def test_the_stream_carries_the_image_that_is_read(assembly: Assembly) -> None:
    stream = table(assembly, "TABLE_NAME")["StreamSpecification"]
    agree(
        "image in the stream",
        {
            "infra/tables.py": stream["StreamViewType"],
            "functions/liveness_gateway/entrypoints/streams.py": "NEW_IMAGE",
        },
    )


def test_the_stream_wakes_the_publisher_for_every_terminal_status(assembly: Assembly) -> None:
    (found,) = assembly.mapping("publish_events")["FilterCriteria"]["Filters"]
    pattern = json.loads(found["Pattern"])
    terminal = {str(status) for status in Status if status is not Status.PROCESSING}
    assert ITEM["status"] == {"S": "processing"}
    agree(
        "terminal statuses",
        {
            "infra/tables.py TERMINAL_STATUSES": set(TERMINAL_STATUSES),
            "filter of the mapping": set(pattern["dynamodb"]["NewImage"]["status"]["S"]),
            "functions/liveness_gateway/verifications/model.py Status": terminal,
            "functions/liveness_gateway/verifications/events.py DETAIL_TYPES": {
                str(status) for status in DETAIL_TYPES
            },
            "functions/liveness_gateway/verifications/events.py EventData": set(
                get_args(get_type_hints(EventData)["status"])
            ),
        },
    )


def test_the_breaker_of_the_tests_has_a_table_as_it_is_deployed(prod: Assembly) -> None:
    properties = table(prod, "BREAKER_TABLE_NAME")
    recorded = Recorded()
    create_breaker(recorded.client, "breaker")
    (request,) = recorded.requests
    for name in ("KeySchema", "AttributeDefinitions", "BillingMode"):
        agree(
            f"{name} of the breaker's table",
            {"infra/tables.py": properties[name], "tests/tables.py": request[name]},
        )
