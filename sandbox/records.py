"""What the sandbox remembers of each request: never the bytes, never a credential's value."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One verification request as it arrived, and what it was answered with."""

    number: int
    request_id: str  # the X-Request-ID of the answer
    method: str
    path: str
    dialect: str
    sha256: str | None
    size: int
    format: str | None
    width: int | None
    height: int | None
    threshold: str | None
    file_name: str | None
    file_type: str | None
    part_names: tuple[str, ...]
    header_names: tuple[str, ...]
    credential_style: str
    credentials_right: bool
    fault: str | None
    outcome: str
    received_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryVisit:
    """A request to the address that redirects lead to: nothing may ever come here."""

    method: str
    path: str
    header_names: tuple[str, ...]
    size: int


class Records:
    """The last `capacity` requests, oldest first. Thread-safe."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._changed = threading.Condition()
        self._requests: OrderedDict[int, ReceivedRequest] = OrderedDict()
        self._canary: list[CanaryVisit] = []
        self._numbered = 0

    def next_number(self) -> int:
        """1, 2, 3 ... also across `forget`."""
        with self._changed:
            self._numbered += 1
            return self._numbered

    def add(self, request: ReceivedRequest) -> None:
        """Remember it; the oldest goes when there are too many."""
        with self._changed:
            self._requests[request.number] = request
            while len(self._requests) > self._capacity:
                self._requests.popitem(last=False)
            self._changed.notify_all()

    def answered(self, number: int, moment: datetime) -> None:
        """Note when the sandbox was done with it."""
        with self._changed:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], answered_at=moment)
            self._changed.notify_all()

    def visit(self, visit: CanaryVisit) -> None:
        """Remember a visit to the canary address."""
        with self._changed:
            self._canary = [*self._canary[-99:], visit]

    def wait_for(self, count: int, timeout: float) -> bool:
        """Wait until at least `count` requests are remembered; False if they did not come."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._requests) >= count, timeout)

    def wait_for_answers(self, count: int, timeout: float) -> bool:
        """Wait until the sandbox is done with at least `count` remembered requests."""

        def done() -> bool:
            return sum(r.answered_at is not None for r in self._requests.values()) >= count

        with self._changed:
            return self._changed.wait_for(done, timeout)

    def forget(self) -> None:
        """Forget requests and canary visits."""
        with self._changed:
            self._requests.clear()
            self._canary = []

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """A snapshot, oldest first."""
        with self._changed:
            return tuple(self._requests.values())

    @property
    def canary(self) -> tuple[CanaryVisit, ...]:
        """A snapshot, oldest first."""
        with self._changed:
            return tuple(self._canary)
