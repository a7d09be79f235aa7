"""What DynamoDB charges for a verification, as docs/adr/0023 says it.

Sizes by the developer guide, "DynamoDB item sizes and formats"; a write unit is 1 KB.
"""

from dataclasses import replace
from math import ceil
from typing import Any, Final

from infra.tables import OVERDUE_ATTRIBUTES, OVERDUE_PARTITION_KEY, OVERDUE_SORT_KEY
from liveness_gateway.adapters.dynamodb.items import Item, claim_item, marshal, result_values
from tests.contracts.sources import read
from tests.samples import claim, completed, face
from tests.world import World

UNIT: Final = 1024
ADR: Final = "docs/adr/0023-four-writes-and-512-mb.md"
# As long as they are in production.
CLAIM: Final = replace(
    claim(),
    client_id="a1b2c3d4e5",
    fingerprint="f" * 64,
    correlation_id="JKJaXmPLvHcESHA=",
    subject_ref="s" * 36,
)


def value_size(value: dict[str, Any]) -> int:
    ((kind, plain),) = value.items()
    match kind:
        case "S":
            return len(plain.encode())
        case "N":
            return ceil(len(plain.strip("-").replace(".", "").strip("0")) / 2) + 1
        case "L":
            return 3 + sum(1 + value_size(each) for each in plain)
        case "M":
            return 3 + size(plain) + len(plain)
        case _:
            raise AssertionError(f"no record has a {kind}")


def size(item: Item) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def stored(faces: int) -> Item:
    """The item of a completed verification."""
    result = replace(completed(CLAIM), faces=(face(),) * faces, face_count=faces)
    item = claim_item(CLAIM) | marshal(result_values(result))
    del item[OVERDUE_PARTITION_KEY]
    return item


def test_a_claim_and_a_result_are_one_unit_each() -> None:
    for item in (claim_item(CLAIM), *map(stored, range(1, 6))):
        assert size(item) <= UNIT


def test_the_sizes_are_those_of_the_decision() -> None:
    text = " ".join(read(ADR).split())
    claimed, one, five = (
        round(size(item), -1) for item in (claim_item(CLAIM), stored(1), stored(5))
    )
    assert f"a claim has about {claimed} bytes" in text
    assert f"one face about {one}, with five {five}" in text


def test_an_entry_of_the_index_is_one_unit_and_goes_with_the_result() -> None:
    world = World()
    world.verify()
    begun, ended = (change.after for change in world.table.stream)
    assert begun
    assert ended
    assert OVERDUE_PARTITION_KEY in begun
    assert OVERDUE_PARTITION_KEY not in ended
    projected = {OVERDUE_PARTITION_KEY, OVERDUE_SORT_KEY, "verification_id", *OVERDUE_ATTRIBUTES}
    assert size({name: begun[name] for name in projected}) <= UNIT
