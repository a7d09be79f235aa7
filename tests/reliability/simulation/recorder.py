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
            Write(
                tick=self._history.tick(),
                process=self._steering.actor,
                now=self._steering.clock.time_of_day,
                before=change.before,
                after=change.after,
                sequence_number=change.sequence_number,
            )
        )

    def refused(self, item: Item, standing: Item) -> None:
        claim = plain(item)
        self._history.refused.append(
            Refused(
                tick=self._history.tick(),
                process=self._steering.actor,
                claimed_at=datetime.fromisoformat(claim["created_at"]),
                attempt=int(claim["attempt"]),
                standing=plain(standing),
            )
        )

    def calls(self) -> None:
        process = self._steering.actor
        environment = self._history.asked_by(process).environment
        self._history.callers.add((environment, process))

    def posted(self, post: Received) -> None:
        process = self._steering.actor
        self._history.posts.append(
            Post(
                tick=self._history.tick(),
                number=post.number,
                process=process,
                environment=self._history.asked_by(process).environment,
                content=post.content,
                threshold=post.threshold,
                outcome=post.name,
                arrived=post.doing.arrives,
                charged=post.doing.charged,
                score=post.doing.score,
                faces=post.doing.faces,
            )
        )

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
                now=self._steering.clock.time_of_day,
                own_seconds=process.own_seconds,
                troubled=process.troubled,
            )
        )
