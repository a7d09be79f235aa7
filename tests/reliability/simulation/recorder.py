"""Writes what the doubles see into the history."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.doubles.bus import Entry
from tests.doubles.expressions import Item
from tests.doubles.liveness_api import Received
from tests.doubles.table import Change
from tests.reliability.history.facts import (
    Accepted,
    Answered,
    Generation,
    Post,
    Refused,
    Write,
    plain,
)
from tests.reliability.history.history import History
from tests.reliability.simulation.processes import Process
from tests.reliability.simulation.steering import Steering


class Recorder:
    """The doubles' listeners; each fact has the process that runs in it."""

    def __init__(self, steering: Steering, history: History) -> None:
        self._steering = steering
        self._history = history

    def wrote(self, change: Change) -> None:
        self._history.writes.append(
            Write(*self._now(), change.before, change.after, change.sequence_number)
        )

    def refused(self, item: Item, standing: Item) -> None:
        claim = plain(item)
        claimed_at, attempt = datetime.fromisoformat(claim["created_at"]), int(claim["attempt"])
        self._history.refused.append(Refused(*self._now(), claimed_at, attempt, plain(standing)))

    def calls(self) -> None:
        process = self._steering.actor
        self._history.callers.add((self._history.asked[process].environment, process))

    def posted(self, post: Received) -> None:
        environment = self._history.asked[self._steering.actor].environment
        self._history.posts.append(
            Post(
                *self._now(), environment,
                post.number, post.content, post.threshold, post.name, post.doing,
            )
        )  # fmt: skip

    def accepted(self, entry: Entry) -> None:
        running = self._steering.running
        began = self._steering.clock.time_of_day if running is None else running.began
        detail = json.loads(entry["Detail"])
        self._history.accepted.append(
            Accepted(self._history.tick(), entry["DetailType"], detail, began)
        )

    def not_accepted(self, entry: Entry) -> None:
        detail = json.loads(entry["Detail"])
        life = Generation(detail["data"]["verification_id"], detail["data"]["created_at"])
        if self._steering.running is not None:
            self._steering.running.refused.add((life, detail["metadata"]["version"]))

    def answered(self, process: Process, response: Mapping[str, Any]) -> None:
        status, body = int(response["statusCode"]), json.loads(response["body"])
        self._history.answers.append(
            Answered(
                tick=self._history.tick(),
                process=process.name,
                status=status,
                code=None if status < 300 else body["code"],
                replayed="Idempotency-Replayed" in response["headers"],
                body=body,
                own_seconds=process.own_seconds,
                troubled=process.troubled,
            )
        )

    def _now(self) -> tuple[int, str]:
        """The moment, and who runs in it."""
        return self._history.tick(), self._steering.actor
