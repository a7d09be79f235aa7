"""Everything that verifications leave, and the search for what must not be in it."""

import json
from collections.abc import Iterator

import httpx

from local.gateway import Gateway
from tests.e2e.clients import Response

_SLICE = 24


def traces(gateway: Gateway, responses: list[Response]) -> Iterator[tuple[str, bytes]]:
    """Each place by name, with all its bytes."""
    for log in sorted(gateway.logs.glob("*.log")):
        yield log.name, log.read_bytes()
    yield "function logs", _function_logs(gateway)
    yield "items", _items(gateway)
    yield "events", json.dumps(gateway.events()).encode()
    queues = httpx.get(
        f"{gateway.emulator.url}/_ministack/sqs/messages",
        headers={"x-amz-security-token": gateway.emulator.credentials.session_token},
        trust_env=False,
    )
    assert queues.status_code == 200
    yield "queues", queues.content
    for number, response in enumerate(responses):
        yield f"response {number}", json.dumps(dict(response.headers)).encode() + response.body


def _function_logs(gateway: Gateway) -> bytes:
    logs = gateway.emulator.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate().search("logGroups[].logGroupName")
    events = logs.get_paginator("filter_log_events").paginate
    lines = [
        line for name in groups for line in events(logGroupName=name).search("events[].message")
    ]
    return "\n".join(lines).encode()


def _items(gateway: Gateway) -> bytes:
    dynamodb = gateway.emulator.client("dynamodb")
    pages, names = dynamodb.get_paginator("scan").paginate, dynamodb.list_tables()["TableNames"]
    items = [item for name in names for item in pages(TableName=name).search("Items[]")]
    return json.dumps(items, default=bytes.hex).encode()


def slices(content: bytes) -> list[bytes]:
    """Short pieces of an image from its start, its middle and its end."""
    starts = (0, len(content) // 3, len(content) // 2, len(content) - 2 * _SLICE)
    return [content[start : start + _SLICE] for start in starts]
