"""A verification as it is stored in the table."""

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

from local.emulator.ministack import Emulator


def stored_record(emulator: Emulator, table: str, verification_id: str) -> dict[str, Any] | None:
    """The item with that id, with every attribute in a JSON type; None if there is none."""
    item = emulator.client("dynamodb").get_item(
        TableName=table, Key={"verification_id": {"S": verification_id}}, ConsistentRead=True
    )
    if "Item" not in item:
        return None
    deserializer = TypeDeserializer()
    return {
        name: _plain(deserializer.deserialize(value))
        for name, value in sorted(item["Item"].items())
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value DynamoDB can hold
    """The value with JSON types in place of DynamoDB's own."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes.hex(vars(value)["value"])  # the stubs do not declare it
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | set):
        return [_plain(inner) for inner in value]
    return value
