"""What the stack tells the functions, read once and typed.

Each function has settings of its own, so that a function cannot ask for what its role may not use.
A field is read from the environment variable of its name in capitals, by the rule of its type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Self

from liveness_gateway.verifications.model import MultipleFaces

_MINIMUM_RETENTION: Final = timedelta(hours=24)
_LARGEST: Final = 10_000_000


class SettingsError(Exception):
    """A setting is missing or unusable: the deployment is wrong, not the request.

    The message names the variable, never its value.
    """


def _text(name: str, value: str) -> str:
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def _number(name: str, value: str) -> Decimal:
    try:
        number = Decimal(_text(name, value))
    except ArithmeticError:
        raise SettingsError(f"{name} is not a number") from None
    if not number.is_finite():
        raise SettingsError(f"{name} is not a number")
    return number


def _unit(name: str, value: str) -> Decimal:
    number = _number(name, value)
    if not 0 <= number <= 1:
        raise SettingsError(f"{name} is not from 0 to 1")
    return number


def _whole(name: str, value: str) -> int:
    number = _number(name, value)
    if not 0 <= number <= _LARGEST or number % 1:
        raise SettingsError(f"{name} is not a whole number from 0 to {_LARGEST:,}")
    return int(number)


def _list(name: str, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(name, value).split(","))


def _multiple_faces(name: str, value: str) -> MultipleFaces:
    try:
        return MultipleFaces(_text(name, value))
    except ValueError:
        raise SettingsError(f"{name} is neither inconclusive nor score") from None


def _boolean(name: str, value: str) -> bool:
    if _text(name, value) not in {"true", "false"}:
        raise SettingsError(f"{name} is neither true nor false")
    return value == "true"


_READERS: Final[Mapping[object, Callable[[str, str], object]]] = {
    str: _text,
    Decimal: _unit,
    bool: _boolean,
    int: _whole,
    tuple[str, ...]: _list,
    MultipleFaces: _multiple_faces,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What every function is told."""

    stage: str
    powertools_metrics_namespace: str

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Self:
        """Read them.

        Raises:
            SettingsError: one is missing or unusable.
        """
        values: dict[str, Any] = {
            field.name: _READERS[field.type](
                field.name.upper(), variables.get(field.name.upper(), "")
            )
            for field in fields(cls)
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class TableSettings(Settings):
    """The settings of `sweep`."""

    table_name: str


@dataclass(frozen=True, slots=True)
class RecoverSettings(TableSettings):
    """The settings of `recover`: it decides again."""

    multiple_faces: MultipleFaces


@dataclass(frozen=True, slots=True)
class PublishSettings(Settings):
    """The settings of `publish_events`."""

    event_bus_name: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class ResultsSettings(TableSettings):
    """The settings of `results`: it uses no upstream and no secret.

    Attributes:
        allowed_origins: the origins whose pages may read an answer; `("*",)` for all.
    """

    allowed_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifySettings(ResultsSettings):
    """The settings of `verify`."""

    upstream_url: str
    upstream_dialect: str
    upstream_secret_arn: str
    fingerprint_secret_arn: str
    breaker_table_name: str
    budget_table_name: str
    emergency_queue_url: str
    default_threshold: Decimal
    minimum_threshold: Decimal
    minimum_side: int
    maximum_side: int
    retention_hours: int
    multiple_faces: MultipleFaces
    forward_metadata: bool
    client_calls_per_day: int
    client_calls_per_month: int

    def __post_init__(self) -> None:
        if self.default_threshold < self.minimum_threshold:
            raise SettingsError("DEFAULT_THRESHOLD is below MINIMUM_THRESHOLD")
        if 0 < self.maximum_side < self.minimum_side:
            raise SettingsError("MAXIMUM_SIDE is below MINIMUM_SIDE")
        if self.retention < _MINIMUM_RETENTION:
            raise SettingsError("RETENTION_HOURS is below 24: a record is the idempotency memory")

    @property
    def retention(self) -> timedelta:
        """How long a record lives."""
        return timedelta(hours=self.retention_hours)
