"""Plain values that came from outside, each read as what it must be, or refused."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

# What reading raises where a value is none of ours. OSError: a time that is out of range.
NONE_OF_OURS: Final = (
    ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError
)  # fmt: skip


# DynamoDB's numbers: 38 digits, and exponents from -130 to 125.
_LARGEST_EXPONENT: Final = 130
_LARGEST_INTEGER: Final = 10**16


def untyped(typed: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value of an item
    """DynamoDB's typed value as a plain one, as boto3's deserializer gives it (there is a test).

    That one brings boto3, which nothing else of these functions needs.

    Raises:
        ArithmeticError, AttributeError, TypeError, ValueError: it is none.
    """
    ((kind, value),) = typed.items()
    if kind not in _KINDS:
        raise TypeError("no value of DynamoDB")
    return _KINDS[kind](value)


def _as_it_is(value: object) -> object:
    return value


_KINDS: Final[Mapping[str, Callable[[Any], object]]] = {
    "S": _as_it_is,
    "N": Decimal,
    "M": lambda value: {name: untyped(inner) for name, inner in value.items()},
    "L": lambda value: [untyped(inner) for inner in value],
    "BOOL": _as_it_is,
    "NULL": lambda _: None,
    # None of ours has one, but another attribute of the item may.
    "B": _as_it_is,
    "SS": set,
    "NS": lambda value: {Decimal(number) for number in value},
    "BS": set,
}


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
    """A finite exact number of a size that the table can hold: a binary float is none.

    A few characters can name a number with a billion digits: it is refused unwritten.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError("no exact number")
    if not -_LARGEST_EXPONENT <= value.adjusted() <= _LARGEST_EXPONENT:
        raise TypeError("no number of ours")
    return value


def integer(value: object) -> int:
    """A whole number below 10^16.

    Raises:
        TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("no number")
    exact = number(Decimal(value)) if isinstance(value, Decimal) else value
    if not -_LARGEST_INTEGER < exact < _LARGEST_INTEGER or exact != int(exact):
        raise TypeError("no whole number of ours")
    return int(exact)


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
    return datetime.fromtimestamp(integer(seconds), UTC)
