"""The record of each request: never its bytes, never the value of a credential."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One verification request as it arrived, and the outcome it got."""

    number: int
    request_id: str  # the X-Request-ID of the response
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
    """A request to the address that redirects name: a client that follows none sends none."""

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
        """The next of 1, 2, 3 ...; `clear` does not start again at 1."""
        with self._changed:
            self._numbered += 1
            return self._numbered

    def add(self, request: ReceivedRequest) -> None:
        """Record the request; the oldest is dropped when there are more than `capacity`."""
        with self._changed:
            self._requests[request.number] = request
            while len(self._requests) > self._capacity:
                self._requests.popitem(last=False)
            self._changed.notify_all()

    def mark_answered(self, number: int, moment: datetime) -> None:
        """Record when the response was sent, or could not be sent."""
        with self._changed:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], answered_at=moment)
            self._changed.notify_all()

    def add_canary_visit(self, visit: CanaryVisit) -> None:
        """Record a request to the canary address."""
        with self._changed:
            self._canary = [*self._canary[-99:], visit]

    def wait_for(self, count: int, timeout: float) -> bool:
        """Whether at least `count` requests are recorded within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._requests) >= count, timeout)

    def wait_for_answers(self, count: int, timeout: float) -> bool:
        """Whether at least `count` recorded requests are answered within `timeout` seconds."""

        def done() -> bool:
            return sum(r.answered_at is not None for r in self._requests.values()) >= count

        with self._changed:
            return self._changed.wait_for(done, timeout)

    def clear(self) -> None:
        """Drop requests and canary visits."""
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
