"""A JSON document that somebody else wrote, read so that one bad part does not spoil the rest.

What cannot be a value (NaN, a number too long to read, a member that occurs twice with different
values) becomes `UNREADABLE`. Whoever needs that member then finds no usable value; whoever does not
is not affected.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final


class _Unreadable(Enum):
    UNREADABLE = "unreadable"


UNREADABLE: Final = _Unreadable.UNREADABLE
# Python refuses to read integers above 4,300 digits; a number of ours has far fewer.
_LONGEST_NUMBER: Final = 20_000


def read_document(body: bytes) -> Any:  # noqa: ANN401 - JSON is any value until it is looked at
    """The document in `body`; floating-point numbers are `Decimal`.

    The encoding is found as RFC 8259 allows it and with a byte order mark; bytes that are not of
    the encoding, and control characters within strings, are tolerated.

    Raises:
        ValueError: it is not JSON, or nested too deep to read.
    """
    text = body.decode(json.detect_encoding(body), errors="replace")
    try:
        return json.loads(
            text,
            strict=False,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=lambda _: UNREADABLE,
            object_pairs_hook=_members,
        )
    except RecursionError:
        raise ValueError("nested too deep") from None


def members(value: object) -> Mapping[str, Any] | None:
    """The members of an object; None where it is none."""
    return value if isinstance(value, dict) else None


def _number(text: str) -> Decimal | _Unreadable:
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except ArithmeticError:  # an exponent that no number has
        number = None
    return UNREADABLE if number is None or not number.is_finite() else number


def _integer(text: str) -> int | _Unreadable:
    try:
        return int(text)
    except ValueError:  # more digits than Python reads
        return UNREADABLE


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = UNREADABLE if name in found and found[name] != value else value
    return found
