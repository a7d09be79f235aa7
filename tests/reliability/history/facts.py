"""What can happen, as facts: the invariants are questions to them, and to nothing else.

Every fact carries a `tick`; smaller means earlier. Nothing here is computed by the code under test:
items are read with boto3's own deserialiser, scores are what the liveness API was told to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

from tests.doubles.behaviours import Behaviour
from tests.doubles.expressions import Item
from tests.doubles.liveness_api import Received

_deserializer = TypeDeserializer()


class Generation(NamedTuple):
    """One life of a record: a key used again after its record expired starts another."""

    verification_id: str
    created_at: str


@dataclass(frozen=True)
class Content:
    """What makes two requests the same, all of it as it was sent; a threshold may be left out."""

    image: bytes
    threshold: Decimal | None
    subject_ref: str | None


@dataclass(frozen=True)
class Asked:
    """A request entered the gateway; its correlation id is the process's name."""

    tick: int
    environment: int
    client_id: str
    key: str | None
    content: Content


@dataclass(frozen=True)
class Write:
    """The table took a write."""

    tick: int
    process: str
    before: Item | None
    after: Item
    sequence_number: str

    @cached_property
    def old(self) -> Mapping[str, Any] | None:
        return None if self.before is None else plain(self.before)

    @cached_property
    def new(self) -> Mapping[str, Any]:
        return plain(self.after)

    @cached_property
    def generation(self) -> Generation:
        return generation_of(self.new)

    @property
    def terminal(self) -> bool:
        return str(self.new["status"]) != "processing"

    @property
    def starts_life(self) -> bool:
        """Whether this is the first claim of a life, and not a change of a standing record."""
        return self.old is None or generation_of(self.old) != self.generation


@dataclass(frozen=True)
class Refused:
    """The table's condition refused a claim, made by the gateway's clock at `claimed_at`."""

    tick: int
    process: str
    claimed_at: datetime
    attempt: int
    standing: Mapping[str, Any]


@dataclass(frozen=True)
class Post:
    """The liveness API was asked, and `received` this."""

    tick: int
    process: str
    environment: int
    received: Received

    @property
    def doing(self) -> Behaviour:
        """What the liveness API did with it."""
        return self.received.doing


@dataclass(frozen=True)
class Answered:
    """A caller got an answer: `code` is None for a 2xx; `replayed` where the record gave it."""

    tick: int
    process: str
    status: int
    code: str | None
    replayed: bool
    body: Mapping[str, Any]
    own_seconds: float
    troubled: bool


@dataclass(frozen=True)
class ReadBack:
    """A record was read through the API: `code` is None for a 2xx."""

    tick: int
    client_id: str
    verification_id: str
    code: str | None
    body: Mapping[str, Any]
    now: datetime


@dataclass(frozen=True)
class Accepted:
    """The bus took an event."""

    tick: int
    detail_type: str
    detail: Mapping[str, Any]
    now: datetime

    @property
    def generation(self) -> Generation:
        return Generation(self.detail["data"]["verification_id"], self.detail["data"]["created_at"])


@dataclass(frozen=True)
class Delivered:
    """A batch of the stream was given to the publisher; `again` is what it wants once more.

    `refused` are the generations and versions the bus did not take for the moment.
    """

    tick: int
    sequence_numbers: tuple[str, ...]
    again: frozenset[str]
    refused: frozenset[tuple[Generation, int]]
    now: datetime
    troubled: bool


def plain(item: Item) -> dict[str, Any]:
    """An item's values without DynamoDB's types."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def generation_of(values: Mapping[str, Any]) -> Generation:
    created_at = datetime.fromisoformat(values["created_at"])
    # As events say it, so that both name one life alike.
    text = created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Generation(values["verification_id"], text)


def expired(values: Mapping[str, Any], now: datetime) -> bool:
    return now >= datetime.fromtimestamp(float(values["expires_at"]), UTC)
