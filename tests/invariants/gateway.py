"""The gateway as it is deployed, every function real, over the doubles of this folder.

A *process* is one invocation. `verify` runs in containers that stay warm and hold their caches,
one request at a time; a killed process takes its container with it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from liveness_gateway.adapters.breaker import CircuitBreaker
from liveness_gateway.adapters.dialects import DIALECTS
from liveness_gateway.adapters.dynamodb import DynamoDBLedger
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.jobs import (
    Job,
    all_messages,
    nothing_swept,
    publish_batch,
    store_kept,
    sweep_once,
    whole_batch,
)
from liveness_gateway.adapters.queues import SqsEmergencyQueue, SqsQueue
from liveness_gateway.adapters.secrets import HmacFingerprints, SecretsManager, UpstreamCredentials
from liveness_gateway.adapters.upstream import UpstreamClient
from liveness_gateway.api.presenters import verification_body, wire_body
from liveness_gateway.api.problems import problem_body
from liveness_gateway.domain import MultipleFaces
from liveness_gateway.errors import Problem
from liveness_gateway.publishing import Publisher
from liveness_gateway.recovery import Recoverer, Sweeper
from liveness_gateway.service import (
    Policy,
    RecordReader,
    VerificationRequest,
    VerificationService,
)
from tests.fakes import RecordingJournal, selfie
from tests.invariants.history import Answered, Asked, Content, Delivered, History, ReadBack
from tests.invariants.liveness_api import LivenessApi
from tests.invariants.outside import (
    FINGERPRINT_SECRET,
    UPSTREAM_SECRET,
    BreakerStoreDouble,
    BusDouble,
    QueueDouble,
    SecretsDouble,
)
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
    from liveness_gateway.observability import PowertoolsJournal

DEFAULT_THRESHOLD: Final = Decimal("0.6")
MINIMUM_THRESHOLD: Final = Decimal("0.5")
STAGE: Final = "local"


class Journal(RecordingJournal):
    """The journal with the two calls that frame an invocation."""

    def begin(self, **_: str | None) -> None:
        """Nothing to tie together here."""

    def flush(self) -> None:
        """Nothing to print here."""


@dataclass
class Container:
    """One warm copy of `verify`."""

    number: int
    service: VerificationService
    busy: bool = False


class Gateway:
    """Everything that is deployed, and everything around it.

    Attributes:
        pending: sequence numbers of the stream the publisher has still to be done with.
        processes: those that are held, in the order they started.
        parked: messages of the emergency queue nobody could store.
    """

    def __init__(
        self,
        retention: timedelta = timedelta(hours=24),
        several_faces: MultipleFaces = MultipleFaces.INCONCLUSIVE,
    ) -> None:
        self.steering = Steering()
        self.clock: SteeredClock = self.steering.clock
        self.history = History(overran=self.steering.overran)
        self.policy = Policy(DEFAULT_THRESHOLD, MINIMUM_THRESHOLD, retention, several_faces)
        self.table = TableDouble(self.steering, self.history)
        self.secrets = SecretsDouble(self.steering)
        self.api = LivenessApi(self.steering, self.history)
        self.breaker_store = BreakerStoreDouble(self.steering)
        self.bus = BusDouble(self.steering, self.history)
        self.emergency = QueueDouble(self.steering, "emergency.send", self.history.kept)
        self.letters = QueueDouble(self.steering, "letters.send", self.history.letters)
        self.journal = Journal(faults=self.steering, notes=self.history.notes)
        self.pending: list[str] = []
        self.processes: list[Process] = []
        self.parked: list[str] = []
        self._seen = 0
        self._started = 0
        self._containers: list[Container] = []

    def ask(
        self,
        image: bytes,
        *,
        threshold: Decimal | None = None,
        subject_ref: str | None = None,
        client_id: str = "client-1",
        key: str | None = "key-1",
        scripts: Sequence[str] = (),
        troubles: Sequence[Trouble] = (),
    ) -> Process:
        """A new POST, not yet begun; the liveness API will behave by `scripts`, then be live."""
        container = self._free_container()
        name = self._name("request")
        asked = Asked(
            tick=self.history.tick(),
            process=name,
            container=container.number,
            client_id=client_id,
            key=key,
            content=Content(image, threshold or DEFAULT_THRESHOLD, subject_ref),
            now=self.clock.now(),
        )
        self.history.asked.append(asked)
        self.api.scripts[name] = deque(scripts)

        def work() -> None:
            self._answer(container, asked, threshold, process)

        process = self._process(name, work, troubles)
        return process

    def sweep(self, troubles: Sequence[Trouble] = ()) -> Process:
        """One run of `sweep`."""
        worker = Sweeper(self._ledger(), self.clock, self.journal)
        job = Job(lambda: (worker, self._powertools()), sweep_once, nothing_swept)
        return self._process(self._name("sweep"), lambda: _run(job, {}), troubles)

    def recover(
        self, messages: Sequence[str], *, again: bool = False, troubles: Sequence[Trouble] = ()
    ) -> Process:
        """One batch of the emergency queue; `again`: the queue will deliver it once more."""
        worker = Recoverer(self._ledger(), self.journal)
        job = Job(lambda: (worker, self._powertools()), store_kept, all_messages)
        held = self.emergency.messages
        batch = [{"messageId": name, "body": held[name]} for name in messages if name in held]

        def work() -> None:
            result = _run(job, {"Records": batch})
            wanted = {failure["itemIdentifier"] for failure in result["batchItemFailures"]}
            for message in batch:
                if message["messageId"] not in wanted and not again:
                    held.pop(message["messageId"], None)

        return self._process(self._name("recover"), work, troubles)

    def publish(
        self, sequence_numbers: Sequence[str], troubles: Sequence[Trouble] = ()
    ) -> Process:
        """One batch of the stream, whatever was delivered before."""
        bus = EventBridgeBus(cast("Any", self.bus), "the-bus")
        letters = SqsQueue(cast("Any", self.letters), "letters")
        worker = Publisher(bus, letters, self.clock, self.journal, STAGE)
        job = Job(lambda: (worker, self._powertools()), publish_batch, whole_batch)
        records = [self._stream_record(number) for number in sequence_numbers]

        def work() -> None:
            result = _run(job, {"Records": records})
            self._delivered(process, sequence_numbers, result)

        process = self._process(self._name("publish"), work, troubles)
        return process

    def read(self, verification_id: str, client_id: str, troubles: Sequence[Trouble] = ()) -> None:
        """A GET, to its end."""

        def work() -> None:
            code, body = None, {}
            try:
                found = RecordReader(self._ledger(), self.clock).read(verification_id, client_id)
                body = dict(verification_body(found))
            except Problem as problem:
                code = problem.code
            except Exception:  # noqa: BLE001 - what the edge does
                code = "internal"
            self.history.reads.append(
                ReadBack(
                    self.history.tick(),
                    client_id,
                    verification_id,
                    code,
                    body,
                    self.clock.now(),
                    process.troubled,
                )
            )

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

    def erase(self) -> None:
        """TTL deletes what has expired, by DynamoDB's own clock."""
        true_now = self.clock.now() - timedelta(seconds=self.clock.skew)
        self.history.erased += self.table.delete_expired(true_now)

    def held(self) -> list[Process]:
        """The processes that have not ended."""
        self.processes = [process for process in self.processes if not process.ended]
        return self.processes

    def _name(self, kind: str) -> str:
        self._started += 1
        return f"{kind}-{self._started}"

    def _process(
        self, name: str, work: Callable[[], None], troubles: Sequence[Trouble]
    ) -> Process:
        limit = VERIFY_SECONDS if name.startswith("request") else JOB_SECONDS
        process = Process(name, work, self.steering, limit)
        process.troubles = list(troubles)
        self.processes.append(process)
        return process

    def _ledger(self) -> DynamoDBLedger:
        return DynamoDBLedger(cast("Any", self.table), TABLE)

    def _powertools(self) -> "PowertoolsJournal":
        return cast("PowertoolsJournal", self.journal)

    def _free_container(self) -> Container:
        free = next((one for one in self._containers if not one.busy), None)
        if free is None:
            free = Container(len(self._containers), self._service())
            self._containers.append(free)
        free.busy = True
        return free

    def _service(self) -> VerificationService:
        secrets = cast("Any", self.secrets)
        upstream = UpstreamClient(
            transport=self.api,
            dialect=DIALECTS["v0.2"],
            base_url="https://liveness.example.com",
            credentials=UpstreamCredentials(SecretsManager(secrets, UPSTREAM_SECRET, self.clock)),
            breaker=CircuitBreaker(self.breaker_store, self.clock, self.journal),
            clock=self.clock,
            journal=self.journal,
        )
        return VerificationService(
            ledger=self._ledger(),
            upstream=upstream,
            fingerprints=HmacFingerprints(SecretsManager(secrets, FINGERPRINT_SECRET, self.clock)),
            emergency=SqsEmergencyQueue(SqsQueue(cast("Any", self.emergency), "emergency")),
            clock=self.clock,
            journal=self.journal,
            policy=self.policy,
        )

    def _answer(
        self, container: Container, asked: Asked, threshold: Decimal | None, process: Process
    ) -> None:
        # A killed process never gets to free its container.
        code, body = _judged(container.service, self._request(asked, threshold))
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
        container.busy = False

    def _request(self, asked: Asked, threshold: Decimal | None) -> VerificationRequest:
        return VerificationRequest(
            client_id=asked.client_id,
            idempotency_key=asked.key,
            selfie=selfie(asked.content.image),
            threshold=threshold,
            subject_ref=asked.content.subject_ref,
            correlation_id=asked.process,
            deadline=self.clock.monotonic() + 20,
        )

    def _stream_record(self, sequence_number: str) -> dict[str, Any]:
        image: Any = {"verification_id": {"S": "unreadable"}}
        for write in self.history.writes:
            if write.sequence_number == sequence_number:
                image = write.after
        return {"dynamodb": {"SequenceNumber": sequence_number, "NewImage": image}}

    def _delivered(
        self, process: Process, numbers: Sequence[str], result: dict[str, Any]
    ) -> None:
        again = frozenset(one["itemIdentifier"] for one in result["batchItemFailures"])
        self.history.delivered.append(
            Delivered(
                self.history.tick(), tuple(numbers), again, process.began, process.troubled
            )
        )
        done = set(numbers) - again
        self.pending = [number for number in self.pending if number not in done]


def _run(job: Job[Any], event: dict[str, Any]) -> dict[str, Any]:
    return job(event, None)


def _judged(
    service: VerificationService, request: VerificationRequest
) -> tuple[str | None, dict[str, Any]]:
    try:
        outcome = service.verify(request)
    except Problem as problem:
        return problem.code, dict(problem_body(problem, request.correlation_id))
    except Exception:  # noqa: BLE001 - what the edge does: nothing of it is shown
        return "internal", {}
    body = verification_body(outcome.verification)
    return None, {**body, "wire": wire_body(outcome.verification)}
