"""The largest body fits into the event that Lambda takes, beside the headers API Gateway takes."""

import json
from typing import Any, Final

import pytest

from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from tests.api.events import post_event
from tests.bodies import Body

# AWS Lambda quotas: the payload of a synchronous invocation.
LARGEST_EVENT: Final = 6_291_456
# Amazon API Gateway quotas: all headers of a request together, names, values and separators.
LARGEST_HEADERS: Final = 10_240


def event_of(size: int, value: str, count: int) -> dict[str, Any]:
    """An event of a body of this size and of headers as large as API Gateway lets through."""
    each = (LARGEST_HEADERS // count) - len("x-1234: ") - 2
    headers = [(f"x-{number:04}", value * (each // len(value.encode()))) for number in range(count)]
    return post_event(Body("multipart/form-data; boundary=b", bytes(size)), headers=headers)


def length(event: dict[str, Any]) -> int:
    return len(json.dumps(event, separators=(",", ":")).encode())


@pytest.mark.parametrize("value", ["a", '"', "\\", "\u00e9", "\U0001f933", "\x01"], ids=ascii)
@pytest.mark.parametrize("count", [1, 20, 200])
def test_the_largest_body_fits_beside_any_headers(value: str, count: int) -> None:
    assert length(event_of(MAXIMUM_BODY, value, count)) <= LARGEST_EVENT


def test_a_tenth_of_a_mebibyte_more_would_not_fit() -> None:
    assert length(event_of(MAXIMUM_BODY + 2**20 // 10, "\u00e9", 20)) > LARGEST_EVENT
