"""What the stack tells the functions, read once and typed.

Each function has settings of its own, so that a function cannot ask for what its role may not use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from liveness_gateway.verifications.model import MultipleFaces

_MINIMUM_RETENTION: Final = timedelta(hours=24)
_LARGEST: Final = 1_000_000


class SettingsError(Exception):
    """A setting is missing or unusable: the deployment is wrong, not the request."""


class Environment:
    """Reads typed values from environment variables.

    Raises:
        SettingsError: from each method, naming the variable (never its value).
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str) -> str:
        """A value that must be there and not be empty."""
        value = self._variables.get(name, "")
        if not value:
            raise SettingsError(f"{name} is not set")
        return value

    def unit(self, name: str) -> Decimal:
        """A decimal from 0 to 1."""
        number = self._number(name)
        if not 0 <= number <= 1:
            raise SettingsError(f"{name} is not from 0 to 1")
        return number

    def whole(self, name: str) -> int:
        """A whole number from 0 to a million."""
        number = self._number(name)
        if not 0 <= number <= _LARGEST or number % 1:
            raise SettingsError(f"{name} is not a whole number from 0 to {_LARGEST:,}")
        return int(number)

    def _number(self, name: str) -> Decimal:
        try:
            number = Decimal(self.text(name))
        except ArithmeticError:
            raise SettingsError(f"{name} is not a number") from None
        if not number.is_finite():
            raise SettingsError(f"{name} is not a number")
        return number

    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may read an answer; `("*",)` for all."""
        return tuple(part.strip() for part in self.text("ALLOWED_ORIGINS").split(","))


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """The settings of `verify`."""

    stage: str
    table_name: str
    upstream_url: str
    upstream_dialect: str
    upstream_secret_arn: str
    fingerprint_secret_arn: str
    breaker_table_name: str
    emergency_queue_url: str
    allowed_origins: tuple[str, ...]
    default_threshold: Decimal
    minimum_threshold: Decimal
    minimum_side: int
    maximum_side: int
    retention: timedelta
    multiple_faces: MultipleFaces

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "VerifySettings":
        """Read them.

        Raises:
            SettingsError: one is missing or unusable.
        """
        environment = Environment(variables)
        retention = timedelta(hours=environment.whole("RETENTION_HOURS"))
        if retention < _MINIMUM_RETENTION:
            raise SettingsError("RETENTION_HOURS is below 24: a record is the idempotency memory")
        try:
            policy = MultipleFaces(environment.text("MULTIPLE_FACES"))
        except ValueError:
            raise SettingsError("MULTIPLE_FACES is neither inconclusive nor score") from None
        return cls(
            stage=environment.text("STAGE"),
            table_name=environment.text("TABLE_NAME"),
            upstream_url=environment.text("UPSTREAM_URL").rstrip("/"),
            upstream_dialect=environment.text("UPSTREAM_DIALECT"),
            upstream_secret_arn=environment.text("UPSTREAM_SECRET_ARN"),
            fingerprint_secret_arn=environment.text("FINGERPRINT_SECRET_ARN"),
            breaker_table_name=environment.text("BREAKER_TABLE_NAME"),
            emergency_queue_url=environment.text("EMERGENCY_QUEUE_URL"),
            allowed_origins=environment.origins(),
            default_threshold=environment.unit("DEFAULT_THRESHOLD"),
            minimum_threshold=environment.unit("MINIMUM_THRESHOLD"),
            minimum_side=environment.whole("MINIMUM_SIDE"),
            maximum_side=environment.whole("MAXIMUM_SIDE"),
            retention=retention,
            multiple_faces=policy,
        )

    def __post_init__(self) -> None:
        if self.default_threshold < self.minimum_threshold:
            raise SettingsError("DEFAULT_THRESHOLD is below MINIMUM_THRESHOLD")
        if 0 < self.maximum_side < self.minimum_side:
            raise SettingsError("MAXIMUM_SIDE is below MINIMUM_SIDE")


@dataclass(frozen=True, slots=True)
class ResultsSettings:
    """The settings of `results`: it knows no upstream and no secret."""

    stage: str
    table_name: str
    allowed_origins: tuple[str, ...]

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "ResultsSettings":
        """Read them.

        Raises:
            SettingsError: one is missing.
        """
        environment = Environment(variables)
        return cls(
            stage=environment.text("STAGE"),
            table_name=environment.text("TABLE_NAME"),
            allowed_origins=environment.origins(),
        )


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """The settings of `publish_events`."""

    stage: str
    event_bus_name: str
    dead_letter_queue_url: str

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "PublishSettings":
        """Read them.

        Raises:
            SettingsError: one is missing.
        """
        environment = Environment(variables)
        return cls(
            stage=environment.text("STAGE"),
            event_bus_name=environment.text("EVENT_BUS_NAME"),
            dead_letter_queue_url=environment.text("DEAD_LETTER_QUEUE_URL"),
        )


@dataclass(frozen=True, slots=True)
class TableSettings:
    """The settings of `sweep` and `recover`."""

    stage: str
    table_name: str

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "TableSettings":
        """Read them.

        Raises:
            SettingsError: one is missing.
        """
        environment = Environment(variables)
        return cls(stage=environment.text("STAGE"), table_name=environment.text("TABLE_NAME"))
