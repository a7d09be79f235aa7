"""Plain values that came from outside, each read as what it must be, or refused."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

# What reading raises where a value is none of ours. OSError: a time that is out of range.
NONE_OF_OURS: Final = (
    ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError
)  # fmt: skip


def text(value: object) -> str:
    """A text.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def optional_text(value: object) -> str | None:
    """A text, or None.

    Raises:
        TypeError: it is neither.
    """
    return None if value is None else text(value)


def number(value: object) -> Decimal:
    """A finite exact number: a binary float is none.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError("no exact number")
    return value


def decimal(value: object) -> Decimal | None:
    """A finite exact number, or None.

    Raises:
        TypeError: it is neither.
    """
    return None if value is None else number(value)


def several(value: object) -> Iterable[Any]:
    """The entries of a list; of None there are none.

    Raises:
        TypeError: it is neither.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def moment(value: object) -> datetime:
    """A time in RFC 3339 with its zone.

    Raises:
        TypeError: it is no text.
        ValueError: it is no time, or has no zone.
    """
    read = datetime.fromisoformat(text(value))
    if read.tzinfo is None:
        raise ValueError("a time without a zone")
    return read


def from_epoch(seconds: Decimal) -> datetime:
    """A time in whole seconds since the epoch.

    Raises:
        OSError, OverflowError, ValueError: it is out of range.
    """
    return datetime.fromtimestamp(int(seconds), UTC)
