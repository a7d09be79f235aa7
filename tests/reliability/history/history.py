"""Everything that happened, in order; the doubles tell it what they see."""

import base64
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.bus import Entry
from tests.doubles.expressions import Item
from tests.doubles.liveness_api import Received
from tests.doubles.table import Change
from tests.doubles.telemetry import LogLine
from tests.reliability.history import facts
from tests.reliability.history.facts import Asked, Generation, Write, plain
from tests.reliability.simulation.steering import Steering

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass
class History:
    """The facts so far; each has the process of `steering` that ran in it.

    Attributes:
        several_faces: what the gateway makes of more than one face.
        asked: the requests, by the process that answers each.
        callers: which process of which environment wanted to ask the liveness API, whatever came
            of it.
        letters, kept: bodies of the messages in the dead-letter and the emergency queue.
        parked: kept messages that nobody could store.
        erasures: which lives of records were deleted, and when.
        poison: sequence numbers of stream records that nobody can read.
        overran: processes that took longer than Lambda lets them.
        printed: what was written to a log, in the words of the real telemetry.
        canaries: what no output may hold, in every way of writing it; see `hide`.
        now: the time of day when all came to rest.
        searched: how much of each output was searched for canaries; `checked`, how much there was
            when the invariants were last checked.
    """

    steering: Steering
    several_faces: MultipleFaces = MultipleFaces.INCONCLUSIVE
    asked: dict[str, Asked] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    refused: list[facts.Refused] = field(default_factory=list)
    callers: set[tuple[int, str]] = field(default_factory=set)
    posts: list[facts.Post] = field(default_factory=list)
    answers: list[facts.Answered] = field(default_factory=list)
    reads: list[facts.ReadBack] = field(default_factory=list)
    accepted: list[facts.Accepted] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    delivered: list[facts.Delivered] = field(default_factory=list)
    erasures: list[tuple[int, Generation]] = field(default_factory=list)
    poison: list[str] = field(default_factory=list)
    overran: list[str] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    printed: list[str] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)
    now: datetime = NEVER
    searched: list[int] = field(default_factory=lambda: [0] * 8, init=False)
    checked: tuple[int, ...] = field(default=(), init=False)
    _claims_of: dict[str, Write] = field(default_factory=dict, init=False)
    _indexed: int = field(default=0, init=False)
    _ticks: "itertools.count[int]" = field(default_factory=itertools.count)

    def tick(self) -> int:
        """The next moment."""
        return next(self._ticks)

    def hide(self, canaries: Iterable[bytes]) -> None:
        """From now on no output may hold these: as text, in hexadecimal, or in base64."""
        for canary in canaries:
            self.canaries += renderings(canary)

    def on_write(self, change: Change) -> None:
        images = (change.before, change.after)
        self.writes.append(Write(*self._moment(), *images, change.sequence_number))

    def on_refusal(self, item: Item, standing: Item) -> None:
        claim = plain(item)
        claimed_at, attempt = datetime.fromisoformat(claim["created_at"]), int(claim["attempt"])
        self.refused.append(facts.Refused(*self._moment(), claimed_at, attempt, plain(standing)))

    def on_call(self) -> None:
        process = self.steering.actor
        self.callers.add((self.asked[process].environment, process))

    def on_post(self, post: Received) -> None:
        environment = self.asked[self.steering.actor].environment
        self.posts.append(facts.Post(*self._moment(), environment, post))

    def on_accept(self, entry: Entry) -> None:
        running = self.steering.running
        began = self.steering.clock.time_of_day if running is None else running.began
        detail = json.loads(entry["Detail"])
        self.accepted.append(facts.Accepted(self.tick(), entry["DetailType"], detail, began))

    def on_refused_event(self, entry: Entry) -> None:
        detail = json.loads(entry["Detail"])
        life = Generation(detail["data"]["verification_id"], detail["data"]["created_at"])
        if self.steering.running is not None:
            self.steering.running.refused.add((life, detail["metadata"]["version"]))

    def on_response(
        self, process: str, response: Mapping[str, Any], own_seconds: float, *, troubled: bool
    ) -> None:
        status, body = int(response["statusCode"]), json.loads(response["body"])
        code = None if status < 300 else body["code"]
        replayed = "Idempotency-Replayed" in response["headers"]
        self.answers.append(
            facts.Answered(
                self.tick(), process, status, code, replayed, body, own_seconds, troubled
            )
        )

    def claims(self) -> list[Write]:
        """Every `processing` record written: a first claim or the next attempt."""
        return [write for write in self.writes if not write.terminal]

    def claim_of(self, process: str) -> Write | None:
        """The claim this request made, if any."""
        for write in self.writes[self._indexed :]:
            if not write.terminal:
                self._claims_of.setdefault(write.new["correlation_id"], write)
        self._indexed = len(self.writes)
        return self._claims_of.get(process)

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
        """Everything that left the gateway or was stored, as lists that only grow."""
        return [
            [write.after for write in self.writes],
            [answer.body for answer in self.answers],
            [read.body for read in self.reads],
            [event.detail for event in self.accepted],
            self.letters,
            self.kept,
            [(line.message, dict(line.fields)) for line in self.lines],
            self.printed,
        ]

    def _moment(self) -> tuple[int, str]:
        """The next moment, and who runs in it."""
        return self.tick(), self.steering.actor


@cache
def renderings(canary: bytes) -> tuple[str, ...]:
    """A canary as it could appear: as text, in hexadecimal, in base64 whatever its place."""
    shifted = [base64.b64encode(b"\0" * n + canary).decode()[4 : 4 + len(canary)] for n in range(3)]
    return repr(canary)[2:-1], canary.hex(), *shifted
