"""AWS for a reliability run: moto behind a real socket, with a fault for any call of any resource.

Every resource of one stage carries the stage's name, so many stages can use one endpoint at once
and each has its own faults.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.adapters.aws_endpoint import REGION, AwsEndpoint, Fault

Moment = Literal["before", "after"]
Answer = tuple[int, dict[str, str], bytes]

THROTTLED_TABLE: Final = Fault(400, "ProvisionedThroughputExceededException")


@dataclass(frozen=True)
class CloudCall:
    """A call that arrived, and when it was answered; `ok` only where AWS did what was asked."""

    operation: str
    body: str
    ended: datetime
    ok: bool


@dataclass(eq=False)
class _Rule:
    operation: str
    at: str
    faults: deque[Fault | None]
    endless: bool

    def next(self) -> Fault | None:
        if self.endless:
            return self.faults[0]
        return self.faults.popleft() if self.faults else None


@dataclass(frozen=True)
class _Watch:
    at: str
    tell: Callable[[str, Moment], None]


class Cloud(AwsEndpoint):
    """One endpoint for all stages of a run.

    Attributes:
        log: every call of every stage, in order.
        accepted: every entry the buses took, in order, whatever its sender was told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log: list[CloudCall] = []
        self.accepted: list[dict[str, str]] = []
        self._rules: list[_Rule] = []
        self._refused: dict[str, deque[Mapping[int, str]]] = {}
        self._watches: list[_Watch] = []
        self._rules_lock = threading.Lock()
        self._clients: dict[tuple[str, Config], Any] = {}

    def shared_client(self, service: str, config: Config) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A client of a service, made once for each config: using one is safe in threads."""
        with self._rules_lock:
            if (service, config) not in self._clients:
                self._clients[service, config] = self.client(service, config)
            return self._clients[service, config]

    def fail(self, operation: str, *faults: Fault | None, at: str = "") -> None:
        """Answer the next calls of this operation that name `at` so; None lets one through."""
        self._add(_Rule(operation, at, deque(faults), endless=False))

    def fail_always(self, operation: str, fault: Fault, at: str = "") -> None:
        """Answer every call of this operation that names `at` so, until `mend`."""
        self._add(_Rule(operation, at, deque([fault]), endless=True))

    def mend(self, at: str) -> None:
        """Forget every fault of resources that name `at`."""
        with self._rules_lock:
            self._rules = [rule for rule in self._rules if at not in rule.at]
            self._refused.pop(at, None)

    def refuse_entries(self, at: str, *codes: Mapping[int, str]) -> None:
        """In the next PutEvents of this bus refuse the entries at these places, with these codes.

        The other entries of the call are taken, as the bus does it.
        """
        with self._rules_lock:
            self._refused.setdefault(at, deque()).extend(codes)

    def watch(self, at: str, tell: Callable[[str, Moment], None]) -> None:
        """Call `tell` before and after each call that names `at` is done."""
        self._watches.append(_Watch(at, tell))

    def calls_of(self, at: str) -> list[CloudCall]:
        """What arrived for resources that name `at`, in order."""
        return [call for call in list(self.log) if at in call.body]

    def next_fault(self, operation: str) -> Fault | None:
        """None: `apply` sees the whole request and decides."""
        self.calls.append(operation)
        return None

    def apply(self, request: AWSPreparedRequest) -> Answer:
        """What AWS answers, or what comes instead.

        Raises:
            ConnectionAbortedError: nothing is to be answered; the connection is cut.
        """
        operation = str(request.headers["X-Amz-Target"]).rpartition(".")[2]
        body = cast("bytes", request.body).decode()
        self._tell(operation, body, "before")
        fault = self._fault(operation, body)
        answer = self._answer(request, operation, body, fault)
        # The one who asked may already have given up; what was done stays done.
        done = (fault is None or fault.applied) and answer[0] < 300
        self.log.append(CloudCall(operation, body, datetime.now(UTC), done))
        if operation == "PutEvents" and done:
            self.accepted += _taken(body, answer[2])
        self._tell(operation, body, "after")
        if fault is None:
            return answer
        self.ended.wait(fault.seconds)
        if not fault.status:
            raise ConnectionAbortedError(operation)
        return fault.status, {}, fault.content()

    def _answer(
        self, request: AWSPreparedRequest, operation: str, body: str, fault: Fault | None
    ) -> Answer:
        if fault is not None and not fault.applied:
            return fault.status or 599, {}, b""
        refused = self._refused_entries(operation, body)
        if not refused:
            return super().apply(request)
        return self._without(request, body, refused)

    def _without(
        self, request: AWSPreparedRequest, body: str, refused: Mapping[int, str]
    ) -> Answer:
        entries = json.loads(body)["Entries"]
        taken = [entry for place, entry in enumerate(entries) if place not in refused]
        answered: Iterator[dict[str, Any]] = iter(())
        if taken:
            request.body = json.dumps({"Entries": taken}).encode()
            answered = iter(json.loads(super().apply(request)[2])["Entries"])
        answers = [
            {"ErrorCode": refused[place], "ErrorMessage": "injected"}
            if place in refused
            else next(answered)
            for place in range(len(entries))
        ]
        whole = {"FailedEntryCount": len(entries) - len(taken), "Entries": answers}
        return 200, {}, json.dumps(whole).encode()

    def _refused_entries(self, operation: str, body: str) -> Mapping[int, str]:
        if operation != "PutEvents":
            return {}
        with self._rules_lock:
            for at, codes in self._refused.items():
                if at in body and codes:
                    count = len(json.loads(body)["Entries"])
                    return {p: code for p, code in codes.popleft().items() if p < count}
        return {}

    def _add(self, rule: _Rule) -> None:
        with self._rules_lock:
            self._rules.append(rule)

    def _fault(self, operation: str, body: str) -> Fault | None:
        with self._rules_lock:
            for rule in self._rules:
                if rule.operation == operation and rule.at in body and rule.faults:
                    return rule.next()
        return None

    def _tell(self, operation: str, body: str, moment: Moment) -> None:
        for watch in self._watches:
            if watch.at in body:
                watch.tell(operation, moment)

    def unwatch(self, at: str) -> None:
        """Tell nobody of these resources any more."""
        self._watches = [watch for watch in self._watches if watch.at != at]


def _taken(body: str, answer: bytes) -> Iterator[dict[str, str]]:
    entries, answers = json.loads(body)["Entries"], json.loads(answer)["Entries"]
    return (entry for entry, said in zip(entries, answers, strict=True) if "EventId" in said)


def stream_of(table: str) -> list[dict[str, Any]]:
    """Every record of a table's stream, as Lambda's event source mapping delivers them."""
    shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(table).stream_shard
    if shard is None:
        raise LookupError(f"{table} has no stream")
    return [record.to_json() for record in list(shard.items)]
