"""What happened in one run, seen from outside: answers, writes, upstream's requests, events."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.verifications.model import Status, Verification, verification_id
from sandbox import ReceivedRequest
from tests.reliability.cloud import stream_of
from tests.reliability.recovery import Recovery
from tests.reliability.stage import Answered, Stage

# Upstream says by these that it has not charged (docs/design.md).
NOT_CHARGED: Final = frozenset({"unauthorized", "limit", "too_many_requests", "unavailable"})

_LONG: Final = 5
_ONE_OF_MANY: Final = re.compile(r"(upstream_status_[35])\d\d")


@dataclass(frozen=True)
class History:
    """The whole of one run.

    Attributes:
        writes: every image of the table's stream, in order.
        claims: when each `processing` record was stored, by verification id.
        requests: what upstream received.
        events: the details of all accepted events, doubles included.
        letters: what went to the dead-letter queue, and what the stream's delivery gave up on.
        posted: key and selfie of every POST.
        environments: how many execution environments could spend a retry budget of their own.
        seeded: verifications the test wrote itself, for which nobody was asked.
        now: the functions' time of day when recovery had run.
    """

    answers: Sequence[Answered]
    writes: Sequence[Verification]
    claims: Sequence[tuple[datetime, str]]
    requests: Sequence[ReceivedRequest]
    events: Sequence[dict[str, Any]]
    letters: Sequence[str]
    posted: Sequence[tuple[str, str]]
    environments: int
    seeded: AbstractSet[str]
    now: datetime

    def records(self) -> dict[str, Verification]:
        """The last image of each verification."""
        return {write.verification_id: write for write in self.writes}

    def charged(self) -> list[ReceivedRequest]:
        """The requests upstream may have charged for."""
        return [request for request in self.requests if request.outcome not in NOT_CHARGED]

    def ids_of(self, sha256: str | None) -> set[str]:
        """The verifications a selfie was posted for."""
        return {verification_id("client-1", key) for key, sha in self.posted if sha == sha256}


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of the table in `docs/reliability.md`."""

    answers: str
    final: str
    calls: str
    events: str


def history_of(stage: Stage, recovery: Recovery) -> History:
    """What happened on a stage whose recovery has run."""
    calls = stage.cloud.calls_of(stage.table)
    events = [entry for entry in list(stage.cloud.accepted) if entry["EventBusName"] == stage.bus]
    stage.outputs.write(json.dumps(events) + "\n")
    return History(
        answers=tuple(stage.answers),
        writes=[
            verification_of(record["dynamodb"]["NewImage"])
            for record in stream_of(stage.table)
            if "NewImage" in record["dynamodb"]
        ],
        claims=[
            (call.ended, json.loads(call.body)["Item"]["verification_id"]["S"])
            for call in calls
            if call.operation == "PutItem" and call.ok
        ],
        requests=stage.sandbox.requests,
        events=[json.loads(entry["Detail"]) for entry in events],
        letters=[*_letters(stage), *(json.dumps(r, default=str) for r in recovery.given_up)],
        posted=tuple(stage.posted),
        environments=stage.environments,
        seeded=stage.seeded,
        now=stage.clock.now(),
    )


def cells(history: History) -> Cells:
    """What a history shows in the table. Times and ids are not in it."""
    kinds = Counter(
        {event["metadata"]["id"]: event["data"]["status"] for event in history.events}.values()
    )
    announced = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    if history.letters:
        announced.append(f"{len(history.letters)} dead letter")
    return Cells(
        answers=_runs(answer.says for answer in history.answers) or "none",
        final=_counted(_state(one, history.now) for one in history.records().values())
        or "no record",
        calls=str(len(history.requests)),
        events=", ".join(announced) or "0",
    )


def expected_events(history: History) -> list[Verification]:
    """The terminal versions of a history."""
    return [write for write in history.writes if write.status is not Status.PROCESSING]


def _letters(stage: Stage) -> list[str]:
    sqs, letters = stage.client("sqs"), []
    while messages := sqs.receive_message(
        QueueUrl=stage.dead_letter_url, MaxNumberOfMessages=10, VisibilityTimeout=600
    ).get("Messages"):
        letters += [message["Body"] for message in messages]
    stage.outputs.write("\n".join(letters))
    return letters


def _state(record: Verification, now: datetime) -> str:
    reasons = [_ONE_OF_MANY.sub(r"\1xx", reason) for reason in record.reasons]
    words = [str(record.decision), *reasons] if record.decision else reasons
    state = f"{record.status} ({', '.join(words)})" if words else str(record.status)
    return state if now < record.expires_at else f"{state}, expired"


def _runs(words: Iterable[str]) -> str:
    """The words in order, each run of one word said once; of a long story only how many of each."""
    said = list(words)
    runs = [(word, len(list(same))) for word, same in groupby(said)]
    if len(runs) > _LONG:
        return _counted(said)
    return ", then ".join(f"{count} x {word}" if count > 1 else word for word, count in runs)


def _counted(words: Iterable[str]) -> str:
    counted = sorted(Counter(words).items())
    return ", ".join(f"{count} x {word}" if count > 1 else word for word, count in counted)
