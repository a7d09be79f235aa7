"""Everything that verifications leave, and the search for what must not be in it."""

import base64
import json
from collections.abc import Iterator

import httpx

from local.gateway import Gateway
from tests.e2e.clients import Response

FILE_NAME_CANARY = "canary-name-5d1f"
EXIF_CANARY = "canary exif 9b3e"
_SLICE = 24


def traces(gateway: Gateway, responses: list[Response]) -> Iterator[tuple[str, bytes]]:
    """Each place by name, with all its bytes."""
    for log in sorted(gateway.logs.glob("*.log")):
        yield log.name, log.read_bytes()
    yield "function logs", _function_logs(gateway)
    yield "items", _items(gateway)
    yield "events", json.dumps(gateway.events()).encode()
    queues = httpx.get(f"{gateway.emulator.url}/_ministack/sqs/messages", trust_env=False)
    assert queues.status_code == 200
    yield "queues", queues.content
    for number, response in enumerate(responses):
        yield f"response {number}", json.dumps(dict(response.headers)).encode() + response.body


def _function_logs(gateway: Gateway) -> bytes:
    logs = gateway.emulator.client("logs")
    lines = [
        event["message"]
        for groups in logs.get_paginator("describe_log_groups").paginate()
        for group in groups["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        for event in page["events"]
    ]
    return "\n".join(lines).encode()


def _items(gateway: Gateway) -> bytes:
    dynamodb = gateway.emulator.client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate
    items = [
        item
        for table in dynamodb.list_tables()["TableNames"]
        for page in pages(TableName=table)
        for item in page["Items"]
    ]
    return json.dumps(items, default=bytes.hex).encode()


def forms(secret: bytes) -> Iterator[bytes]:
    """The bytes as they are, in hex, and in base64 at each of its three offsets."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret)
        # The part that does not depend on the bytes around it.
        yield encoded[(offset * 8 + 5) // 6 : len(secret) * 8 // 6 - 1]


def slices(content: bytes) -> list[bytes]:
    """Short pieces of an image from its start, its middle and its end."""
    starts = (0, len(content) // 3, len(content) // 2, len(content) - 2 * _SLICE)
    return [content[start : start + _SLICE] for start in starts]
