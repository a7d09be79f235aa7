"""The gateway as it is deployed, every function real, over the doubles of this folder.

A *process* is one invocation of a function: it can be held and killed between any two effects.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.queues import all_messages, store_kept
from liveness_gateway.entrypoints.schedule import nothing_swept, sweep_once
from liveness_gateway.entrypoints.streams import publish_batch, whole_batch
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import MultipleFaces
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.read import RecordReader
from liveness_gateway.verifications.records import verification_body
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from liveness_gateway.verifications.requests import Policy
from tests.fakes import RecordingTelemetry
from tests.invariants.breaker_table import BreakerTableDouble
from tests.invariants.copies import (
    DEFAULT_THRESHOLD,
    MINIMUM_THRESHOLD,
    Copies,
    Copy,
    Request,
    Surroundings,
)
from tests.invariants.history import Answered, Asked, Delivered, History, ReadBack
from tests.invariants.liveness_api import LivenessApi
from tests.invariants.outside import BusDouble, QueueDouble, SecretsDouble
from tests.invariants.processes import (
    JOB_SECONDS,
    VERIFY_SECONDS,
    Process,
    SteeredClock,
    Steering,
    Trouble,
)
from tests.invariants.table import TABLE, TableDouble

if TYPE_CHECKING:
    from liveness_gateway.adapters.powertools import PowertoolsTelemetry

STAGE: Final = "local"
DAY: Final = timedelta(hours=24)
# No two records are made in one millisecond: it is part of what names their events.
_BETWEEN_REQUESTS: Final = 0.007


class Telemetry(RecordingTelemetry):
    """The telemetry with the two calls that frame an invocation."""

    def begin(self, **_: str | None) -> None:
        """Nothing to tie together here."""

    def flush(self) -> None:
        """Nothing to print here."""


class Gateway:
    """Everything that is deployed, and everything around it.

    Attributes:
        pending: sequence numbers of the stream the publisher has still to be done with.
        parked: bodies of the emergency queue's messages that nobody could store.
    """

    def __init__(
        self, retention: timedelta = DAY, several_faces: MultipleFaces = MultipleFaces.INCONCLUSIVE
    ) -> None:
        self.steering = Steering()
        self.clock: SteeredClock = self.steering.clock
        self.history = History(overran=self.steering.overran)
        self.table = TableDouble(self.steering, self.history)
        self.secrets = SecretsDouble(self.steering)
        self.api = LivenessApi(self.steering, self.history)
        self.breaker_table = BreakerTableDouble(self.steering)
        self.bus = BusDouble(self.steering, self.history)
        self.emergency = QueueDouble(self.steering, "emergency.send", self.history.kept)
        self.letters = QueueDouble(self.steering, "letters.send", self.history.letters)
        self.telemetry = Telemetry(
            faults=self.steering, telemetry=self.history.telemetry, counts=self.history.counts
        )
        self.policy = Policy(DEFAULT_THRESHOLD, MINIMUM_THRESHOLD, retention, several_faces)
        self.pending: list[str] = []
        self.parked: list[str] = []
        self._seen = 0
        self._started = 0
        self._held: list[Process] = []
        self._copies = Copies(self._surroundings())

    def ask(self, request: Request, troubles: Sequence[Trouble] = ()) -> Process:
        """A POST, not yet begun."""
        self.clock.advance(_BETWEEN_REQUESTS)
        copy = self._copies.free()
        name = self._name("request")
        asked = Asked(
            tick=self.history.tick(),
            process=name,
            container=copy.number,
            client_id=request.client_id,
            key=request.key,
            content=request.content,
            now=self.clock.now(),
        )
        self.history.asked.append(asked)
        self.api.scripts[name] = deque(request.behaviours)

        def work() -> None:
            self._answer(copy, asked, request, process)

        process = self._process(name, work, troubles)
        return process

    def ask_and_die(self, key: str = "key-1") -> None:
        """A POST whose process dies when the liveness API has answered, before anybody hears it."""
        process = self.ask(Request(key=key))
        process.hold_at("transport.post", "after")
        process.kill()

    def sweep(self, troubles: Sequence[Trouble] = ()) -> Process:
        """One run of `sweep`."""
        worker = Sweeper(self._ledger(), self.clock, self.telemetry)
        job = BatchHandler(lambda: (worker, self._powertools()), sweep_once, nothing_swept)
        return self._process(self._name("sweep"), lambda: _done(job), troubles)

    def recover(
        self, messages: Sequence[str], *, again: bool = False, troubles: Sequence[Trouble] = ()
    ) -> Process:
        """One batch of the emergency queue; `again`: the queue will deliver it once more."""
        worker = Recoverer(self._ledger(), self.telemetry)
        job = BatchHandler(lambda: (worker, self._powertools()), store_kept, all_messages)
        held = self.emergency.messages
        batch = [{"messageId": name, "body": held[name]} for name in messages if name in held]

        def work() -> None:
            result = _run(job, {"Records": batch})
            wanted = {failure["itemIdentifier"] for failure in result["batchItemFailures"]}
            for message in batch:
                if message["messageId"] not in wanted and not again:
                    held.pop(message["messageId"], None)

        return self._process(self._name("recover"), work, troubles)

    def publish(self, sequence_numbers: Sequence[str], troubles: Sequence[Trouble] = ()) -> Process:
        """One batch of the stream, whatever was delivered before."""
        bus = EventBridgeBus(cast("Any", self.bus), "the-bus")
        letters = SqsQueue(cast("Any", self.letters), "letters")
        worker = Publisher(bus, letters, self.clock, self.telemetry, STAGE)
        job = BatchHandler(lambda: (worker, self._powertools()), publish_batch, whole_batch)
        batch = list(sequence_numbers)
        records = [self._stream_record(number) for number in batch]

        def work() -> None:
            result = _run(job, {"Records": records})
            self._delivered(process, batch, result)

        process = self._process(self._name("publish"), work, troubles)
        return process

    def read(self, verification_id: str, client_id: str, troubles: Sequence[Trouble] = ()) -> None:
        """A GET, to its end."""

        def work() -> None:
            reader = RecordReader(self._ledger(), self.clock)
            code, body = _read(reader, verification_id, client_id)
            now, tick = self.clock.now(), self.history.tick()
            self.history.reads.append(ReadBack(tick, client_id, verification_id, code, body, now))

        process = self._process(self._name("read"), work, troubles)
        process.run()

    def new_in_stream(self) -> list[str]:
        """Take what the stream's filter lets through into `pending`, and return all of that."""
        writes = self.history.writes[self._seen :]
        self._seen = len(self.history.writes)
        self.pending += [write.sequence_number for write in writes if write.terminal]
        return self.pending

    def poison(self) -> None:
        """A record nobody can read appears in the stream."""
        number = f"{self.history.tick():021d}"
        self.history.poison.append(number)
        self.pending.append(number)

    def codes(self) -> list[str | None]:
        """What the callers were answered, in order; None is a 2xx."""
        return [answer.code for answer in self.history.answers]

    def record(self) -> Mapping[str, Any]:
        """The record written last, as it stands."""
        return self.history.writes[-1].new

    def erase(self) -> None:
        """TTL deletes what has expired, by DynamoDB's own clock."""
        self._forget(self.clock.now() - timedelta(seconds=self.clock.skew))

    def erase_all(self) -> None:
        """Every record is deleted, whatever it still had to live."""
        self._forget(datetime.max.replace(tzinfo=UTC))

    def held(self) -> list[Process]:
        """The processes that have not ended."""
        self._held = [process for process in self._held if not process.ended]
        return self._held

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            clock=self.clock,
            telemetry=self.telemetry,
            policy=self.policy,
            table=self.table,
            secrets=self.secrets,
            api=self.api,
            breaker_table=self.breaker_table,
            emergency=self.emergency,
        )

    def _forget(self, until: datetime) -> None:
        tick = self.history.tick()
        gone = self.table.delete_expired(until)
        self.history.erasures += [(tick, generation) for generation in gone]

    def _name(self, kind: str) -> str:
        self._started += 1
        return f"{kind}-{self._started}"

    def _process(self, name: str, work: Callable[[], None], troubles: Sequence[Trouble]) -> Process:
        limit = VERIFY_SECONDS if name.startswith("request") else JOB_SECONDS
        process = Process(name, work, self.steering, limit)
        process.troubles = list(troubles)
        self._held.append(process)
        return process

    def _ledger(self) -> DynamoDBLedger:
        return DynamoDBLedger(cast("Any", self.table), TABLE)

    def _powertools(self) -> "PowertoolsTelemetry":
        return cast("PowertoolsTelemetry", self.telemetry)

    def _answer(self, copy: Copy, asked: Asked, request: Request, process: Process) -> None:
        # A killed process never gets to free its copy.
        code, body = copy.answer(request, asked.process)
        self.history.answers.append(
            Answered(
                tick=self.history.tick(),
                process=asked.process,
                code=code,
                body=body,
                now=self.clock.now(),
                own_seconds=process.own_seconds,
                troubled=process.troubled,
            )
        )
        copy.busy = False

    def _stream_record(self, sequence_number: str) -> dict[str, Any]:
        image: Any = {"verification_id": {"S": "unreadable"}}
        for write in self.history.writes:
            if write.sequence_number == sequence_number:
                image = write.after
        return {"dynamodb": {"SequenceNumber": sequence_number, "NewImage": image}}

    def _delivered(self, process: Process, numbers: Sequence[str], result: dict[str, Any]) -> None:
        again = frozenset(one["itemIdentifier"] for one in result["batchItemFailures"])
        self.history.delivered.append(
            Delivered(
                tick=self.history.tick(),
                sequence_numbers=tuple(numbers),
                again=again,
                refused=frozenset(process.refused),
                now=process.began,
                troubled=process.troubled,
            )
        )
        done = set(numbers) - again
        self.pending = [number for number in self.pending if number not in done]


def _run(job: BatchHandler[Any], event: dict[str, Any]) -> dict[str, Any]:
    return job(event, None)


def _done(job: BatchHandler[Any]) -> None:
    _run(job, {})


def _read(
    reader: RecordReader, verification_id: str, client_id: str
) -> tuple[str | None, Mapping[str, Any]]:
    try:
        return None, {**verification_body(reader.read(verification_id, client_id))}
    except ProblemError as problem:
        return problem.code, {}
    except Exception:  # noqa: BLE001 - the edge's own promise: nothing of it is shown
        return "internal", {}
