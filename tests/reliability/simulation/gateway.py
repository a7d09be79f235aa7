"""The gateway as it is deployed, every function real, over the doubles.

A *process* is one invocation of a function: it can be held and killed between any two effects.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.lambda_context import LambdaContextDouble
from tests.doubles.telemetry import RecordingTelemetry
from tests.reliability.history.facts import Asked, Delivered, ReadBack, generation_of, plain
from tests.reliability.history.history import NEVER
from tests.reliability.simulation.deployed import Deployed
from tests.reliability.simulation.processes import JOB_SECONDS, VERIFY_SECONDS, Process
from tests.reliability.simulation.requests import CANARIES, Request, read_event
from tests.reliability.simulation.steering import Trouble

DAY: Final = timedelta(hours=24)
# No two records are made in one millisecond: it is part of what names their events.
_BETWEEN_REQUESTS: Final = 0.007


@dataclass
class Environment:
    """One execution environment of `verify`; one that is killed stays busy for ever."""

    number: int
    handler: LambdaHandler
    busy: bool = False


class Gateway(Deployed):
    """Everything that is deployed, and everything around it.

    Attributes:
        pending: sequence numbers of the stream the publisher has still to be done with.
    """

    def __init__(
        self,
        retention: timedelta = DAY,
        several_faces: MultipleFaces = MultipleFaces.INCONCLUSIVE,
        telemetry: type[RecordingTelemetry] = RecordingTelemetry,
    ) -> None:
        super().__init__(retention, several_faces, telemetry)
        self.history.hide(CANARIES)
        self.pending: list[str] = []
        self._environments: list[Environment] = []
        self._seen = 0
        self._started = 0
        self._held: list[Process] = []

    def ask(
        self,
        request: Request,
        troubles: Sequence[Trouble] = (),
        on: Environment | None = None,
    ) -> Process:
        """A POST, not yet begun; on a free environment unless one is named."""
        self.clock.advance(_BETWEEN_REQUESTS)
        environment = on or self._free()
        environment.busy = True
        name = self._name("request")
        self.history.asked[name] = Asked(
            self.history.tick(), environment.number, request.client_id, request.key, request.content
        )
        self.api.scripts[name] = deque(request.behaviours)
        event = request.event(name)

        def work() -> None:
            response = environment.handler(event, LambdaContextDouble(self.clock))
            self.history.on_response(name, response, process.own_seconds, troubled=process.troubled)
            environment.busy = False

        process = self._process(name, work, troubles)
        return process

    def environment(self) -> Environment:
        """A new execution environment of `verify`: nothing is cached in it."""
        made = Environment(len(self._environments), self.verify_function())
        self._environments.append(made)
        return made

    def sweep(self, troubles: Sequence[Trouble] = ()) -> Process:
        """One run of `sweep`; its result is how many it ended."""
        sweep = self.sweep_function()
        return self._process(self._name("sweep"), lambda: sweep({}, None)["ended"], troubles)

    def recover(
        self, messages: Iterable[str], *, again: bool = False, troubles: Sequence[Trouble] = ()
    ) -> Process:
        """One batch of the emergency queue; `again`: the queue will deliver it once more.

        Its result is how many it stored.
        """
        held, recover = self.emergency.messages, self.recover_function()
        batch = [{"messageId": name, "body": held[name]} for name in messages if name in held]

        def work() -> int:
            result = recover({"Records": batch}, None)
            wanted = _wanted(result)
            for message in batch:
                if message["messageId"] not in wanted and not again:
                    held.pop(message["messageId"], None)
            return len(batch) - len(wanted)

        return self._process(self._name("recover"), work, troubles)

    def publish(self, sequence_numbers: Iterable[str], troubles: Sequence[Trouble] = ()) -> Process:
        """One batch of the stream; its result is the set of what is wanted again."""
        publish, batch = self.publish_function(), list(sequence_numbers)
        records = [self._stream_record(number) for number in batch]

        def work() -> frozenset[str]:
            wanted = _wanted(publish({"Records": records}, None))
            self.pending = [n for n in self.pending if n not in set(batch) - wanted]
            tick, refused = self.history.tick(), frozenset(process.refused)
            self.history.delivered.append(
                Delivered(tick, tuple(batch), wanted, refused, process.began, process.troubled)
            )
            return wanted

        process = self._process(self._name("publish"), work, troubles)
        return process

    def read(self, verification_id: str, client_id: str) -> ReadBack:
        """A GET, to its end."""
        name, results = self._name("read"), self.results_function()
        event = read_event(verification_id, client_id, name)
        response = self._process(
            name, lambda: results(event, LambdaContextDouble(self.clock)), ()
        ).run()
        body = json.loads(response["body"])
        code = None if response["statusCode"] < 300 else str(body["code"])
        now, tick = self.clock.time_of_day, self.history.tick()
        read = ReadBack(tick, client_id, verification_id, code, body, now)
        self.history.reads.append(read)
        return read

    def new_in_stream(self) -> list[str]:
        """Take what the stream's filter lets through into `pending`, and return all of that."""
        writes = self.history.writes[self._seen :]
        self._seen = len(self.history.writes)
        self.pending += [write.sequence_number for write in writes if write.terminal]
        return self.pending

    def poison(self) -> str:
        """A record nobody can read appears in the stream."""
        number = self.table.next_number()
        self.history.poison.append(number)
        self.pending.append(number)
        return number

    def codes(self) -> list[str | None]:
        """What the callers were answered, in order; None is a 2xx."""
        return [answer.code for answer in self.history.answers]

    def record(self) -> Mapping[str, Any]:
        """The record written last, as it stands."""
        return self.history.writes[-1].new

    def erase(self) -> None:
        """TTL deletes what has expired, by DynamoDB's own clock."""
        self._forget(self.clock.time_of_day - timedelta(seconds=self.clock.skew))

    def erase_all(self) -> None:
        """Every record is deleted, whatever it still had to live."""
        self._forget(NEVER)

    def held(self) -> list[Process]:
        """The processes that have not ended."""
        self._held = [process for process in self._held if not process.ended]
        return self._held

    def _free(self) -> Environment:
        found = next((one for one in self._environments if not one.busy), None)
        return found or self.environment()

    def _forget(self, until: datetime) -> None:
        tick = self.history.tick()
        gone = self.table.delete_expired(until)
        self.history.erasures += [(tick, generation_of(plain(item))) for item in gone]

    def _name(self, kind: str) -> str:
        self._started += 1
        return f"{kind}-{self._started}"

    def _process(self, name: str, work: Callable[[], Any], troubles: Sequence[Trouble]) -> Process:
        limit = VERIFY_SECONDS if name.startswith("request") else JOB_SECONDS
        process = Process(name, work, self.steering, limit)
        process.troubles = list(troubles)
        self._held.append(process)
        return process

    def _stream_record(self, sequence_number: str) -> dict[str, Any]:
        image: Any = {"verification_id": {"S": "unreadable"}}
        for write in self.history.writes:
            if write.sequence_number == sequence_number:
                image = write.after
        return {"dynamodb": {"SequenceNumber": sequence_number, "NewImage": image}}


def _wanted(result: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(failure["itemIdentifier"] for failure in result["batchItemFailures"])
