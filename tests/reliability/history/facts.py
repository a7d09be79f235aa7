"""What happened, in order: the only thing the invariants are judged by.

Every fact carries a `tick`; smaller means earlier. Nothing here is computed by the code under test:
items are read with boto3's own deserialiser, scores are what the liveness API was told to say.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

from tests.fakes import LogLine
from tests.invariants.expressions import Item

_deserializer = TypeDeserializer()


class Generation(NamedTuple):
    """One life of a record: a key used again after its record expired starts another."""

    verification_id: str
    created_at: str


@dataclass(frozen=True)
class Content:
    """What makes two requests the same: bytes, effective threshold, subject."""

    image: bytes
    threshold: Decimal
    subject_ref: str | None


@dataclass(frozen=True)
class Asked:
    """A request entered the gateway; its correlation id is the process's name."""

    tick: int
    process: str
    container: int
    client_id: str
    key: str | None
    content: Content
    now: datetime


@dataclass(frozen=True)
class Write:
    """The table took a write."""

    tick: int
    process: str
    now: datetime
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
    """The liveness API was asked.

    `score` and `faces` are what it said in a usable answer, else None; `charged` is False only
    where it certainly did not charge.
    """

    tick: int
    number: int
    process: str
    container: int
    content: bytes
    threshold: Decimal
    outcome: str
    charged: bool
    score: Decimal | None
    faces: int


@dataclass(frozen=True)
class Answered:
    """A caller got an answer: `code` is None for a 2xx."""

    tick: int
    process: str
    code: str | None
    body: Mapping[str, Any]
    now: datetime
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


@dataclass
class History:
    """The facts so far."""

    asked: list[Asked] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    # Which process of which container wanted to ask the liveness API, whatever came of it.
    callers: set[tuple[int, str]] = field(default_factory=set)
    posts: list[Post] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    reads: list[ReadBack] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    erasures: list[tuple[int, Generation]] = field(default_factory=list)
    poison: list[str] = field(default_factory=list)
    overran: list[str] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    canaries: list[str] = field(default_factory=list)
    _ticks: "itertools.count[int]" = field(default_factory=itertools.count)

    def tick(self) -> int:
        """The next moment."""
        return next(self._ticks)

    def asked_by(self, process: str) -> Asked:
        return next(one for one in self.asked if one.process == process)

    def claims(self) -> list[Write]:
        """Every `processing` record written: a first claim or the next attempt."""
        return [write for write in self.writes if not write.terminal]

    def claim_of(self, process: str) -> Write | None:
        """The claim this request made, if any."""
        return next((w for w in self.claims() if w.new["correlation_id"] == process), None)

    def life(self, generation: Generation) -> list[Write]:
        """Every write of this life of a record, in order."""
        return [write for write in self.writes if write.generation == generation]

    def standing(self, verification_id: str, tick: int) -> Write | None:
        """The last write of a record before this moment."""
        for write in reversed(self.writes):
            if write.tick < tick and write.new["verification_id"] == verification_id:
                return write
        return None

    def outputs(self) -> list[Sequence[object]]:
        """Everything that left the gateway, as lists that only grow."""
        return [
            [answer.body for answer in self.answers],
            [read.body for read in self.reads],
            [event.detail for event in self.accepted],
            self.letters,
            self.kept,
            [(line.message, dict(line.fields)) for line in self.telemetry],
        ]


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
