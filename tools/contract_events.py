"""The events as JSON Schemas and as an AsyncAPI document."""

from typing import Any, Final

from pydantic import TypeAdapter

from liveness_gateway.verifications.events import DETAIL_TYPES, SOURCE, EventDetail
from liveness_gateway.verifications.model import Status

_ALWAYS: Final = {
    Status.COMPLETED: ["decision", "score", "upstream", "completed_at"],
    Status.FAILED: ["problem_code"],
    Status.UNKNOWN: ["problem_code"],
}
_NEVER: Final = {
    Status.COMPLETED: ["problem_code"],
    Status.FAILED: ["decision", "score", "upstream", "completed_at"],
    Status.UNKNOWN: ["decision", "score", "upstream", "completed_at"],
}


def event_schemas() -> dict[str, dict[str, Any]]:
    """For each detail-type the JSON Schema (2020-12) of its `detail`."""
    return {name: _schema(status, name) for status, name in DETAIL_TYPES.items()}


def _schema(status: Status, name: str) -> dict[str, Any]:
    schema = TypeAdapter(EventDetail).json_schema()
    data = schema["$defs"]["EventData"]
    data["properties"]["status"] = {"const": str(status), "title": "Status"}
    data["required"] += _ALWAYS[status]
    for property_name in _NEVER[status]:
        del data["properties"][property_name]
    _dates(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": name}


def _dates(schema: dict[str, Any]) -> None:
    for definition in schema["$defs"].values():
        for name, value in definition["properties"].items():
            if name.endswith("_at") and value.get("type") == "string":
                value["format"] = "date-time"


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the event bus."""
    names = list(DETAIL_TYPES.values())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "liveness-gateway events",
            "version": "1.0.0",
            "description": (
                "Every terminal version of a verification, published to the stack's own "
                f"EventBridge bus with source `{SOURCE}`. Delivery is at least once and unordered: "
                "drop a `metadata.id` you have seen, and let a higher `metadata.version` of a "
                "verification replace a lower one."
            ),
        },
        "channels": {
            "verifications": {
                "address": "the bus in the stack's output EventBusName",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {
            "announce": {"action": "send", "channel": {"$ref": "#/channels/verifications"}}
        },
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "contentType": "application/json",
                    "payload": {"$ref": f"./events/{name}.schema.json"},
                }
                for name in names
            }
        },
    }
