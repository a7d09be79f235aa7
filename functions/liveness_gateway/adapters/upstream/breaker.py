"""The circuit breaker: Powertools' shared state in DynamoDB, with the rule of docs/design.md.

Powertools counts consecutive failures; the rule here is a share within a window, and a refusal (a
limit, credentials) opens at once. So its store and its election of one probe are used, and the
rule is ours. When the store fails, calls are made as if the circuit were closed.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, CircuitState
from aws_lambda_powertools.utilities.circuit_breaker.persistence import (
    CircuitBreakerDynamoDBPersistence,
)
from aws_lambda_powertools.utilities.circuit_breaker.persistence.record import CircuitStateRecord
from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.upstream.ports import CircuitOpenError
from liveness_gateway.adapters.upstream.window import LocalWindow
from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NAME: Final = "upstream"
_FAILURES: Final = 5
_OPEN_SECONDS: Final = 30
_REFUSED_SECONDS: Final = 60
# How long a circuit that was read as closed is taken for closed, unless a call fails (ADR 0022).
_BELIEVED_SECONDS: Final = 10.0
# Any other state is read again after so many seconds.
_CACHED_SECONDS: Final = 2


class BreakerStore(Protocol):
    """The part of Powertools' persistence layer that is used."""

    def get_state(self, name: str) -> CircuitStateRecord:
        """The circuit's record; a closed one when there is none or it cannot be read."""
        ...

    def save_open(self, name: str, failure_count: int, opened_at: int) -> None:
        """Open the circuit."""
        ...

    def try_acquire_half_open(self, name: str, owner: str, opened_at: int) -> bool:
        """Elect one probe."""
        ...

    def save_closed(self, name: str) -> None:
        """Close the circuit."""
        ...

    def save_reopen(self, name: str, opened_at: int) -> None:
        """Open the circuit again after a failed probe."""
        ...


class Window(Protocol):
    """The calls the rule is applied to; see `window.py`."""

    def add(self, *, success: bool) -> tuple[int, int]:
        """Count a call; the failures and the calls in the window."""
        ...

    def clear(self) -> None:
        """Discard them."""
        ...


class CountingBreakerStore(CircuitBreakerDynamoDBPersistence):
    """Powertools' store, which hides a failed read; this one counts it first."""

    def __init__(self, table_name: str, client: "DynamoDBClient", telemetry: Telemetry) -> None:
        super().__init__(table_name, boto3_client=client)
        # How long open lasts, how many probes close, how many seconds a read is cached.
        config = CircuitBreakerConfig(
            recovery_timeout=_OPEN_SECONDS,
            success_threshold=1,
            local_cache_max_age=_CACHED_SECONDS,
        )
        self.configure(config, _NAME)
        self._telemetry = telemetry

    def _get_record(self, name: str) -> CircuitStateRecord | None:
        try:
            return super()._get_record(name)
        except (ClientError, BotoCoreError):
            self._telemetry.count("breaker_store_failed")
            raise


class Transition(StrEnum):
    """What the circuit did, as the log says it."""

    CLOSED = "closed"
    OPENED = "opened"
    REOPENED = "reopened"
    REFUSED = "refused"


class CircuitBreaker:
    """Opens at 5 failures that are half of 30 seconds' calls, or at once when upstream refuses.

    Open lasts 30 seconds (60 after a refusal); then one probe at a time is let through.

    A circuit that was closed is not read again for 10 seconds, so that only the claim stands in
    front of a call. A call that fails ends that: the next one asks the store.
    """

    def __init__(
        self, store: BreakerStore, clock: Clock, telemetry: Telemetry, window: Window | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._window = window or LocalWindow(clock)
        self._lock = threading.Lock()
        self._believed_until = 0.0

    def admit(self) -> "BreakerPermit":
        """A permit for one call.

        Raises:
            CircuitOpenError: the circuit is open, or another call is its probe.
        """
        now = self._clock.monotonic()
        if now < self._believed_until:
            return BreakerPermit(self, probe=False)
        record = self._store.get_state(_NAME)
        if record.state is CircuitState.CLOSED:
            self._believed_until = now + _BELIEVED_SECONDS
            return BreakerPermit(self, probe=False)
        opened_at = record.opened_at or 0
        due = opened_at + _OPEN_SECONDS
        if record.state is not CircuitState.OPEN:
            due = record.probe_lease_expiry or due + _OPEN_SECONDS
        seconds_left = due - int(self._clock.now().timestamp())
        if seconds_left <= 0 and self._elected(opened_at):
            return BreakerPermit(self, probe=True)
        raise CircuitOpenError(min(max(1, seconds_left), _REFUSED_SECONDS))

    def _elected(self, opened_at: int) -> bool:
        try:
            return self._store.try_acquire_half_open(_NAME, uuid.uuid4().hex, opened_at)
        except (ClientError, BotoCoreError):
            self._telemetry.count("breaker_store_failed")
            return True

    def record(self, *, success: bool, probe: bool) -> None:
        """Take note of how a call went; opens or closes the circuit where the rule says so."""
        now = int(self._clock.now().timestamp())
        if not success:
            self._believed_until = 0.0
        if probe and success:
            self._change(Transition.CLOSED, lambda: self._store.save_closed(_NAME))
        elif probe:
            self._change(Transition.REOPENED, lambda: self._store.save_reopen(_NAME, opened_at=now))
        elif self._too_many_failures(success=success):
            self._open(Transition.OPENED, _FAILURES, now)

    def release(self) -> None:
        """Let the next call be the probe: this one said nothing about upstream."""
        due_now = int(self._clock.now().timestamp()) - _OPEN_SECONDS
        self._save(lambda: self._store.save_reopen(_NAME, opened_at=due_now))

    def open_at_once(self) -> None:
        """Open for 60 seconds: upstream refuses our credentials, or our limit is reached."""
        now = int(self._clock.now().timestamp())
        self._believed_until = 0.0
        self._open(Transition.REFUSED, 1, now + _REFUSED_SECONDS - _OPEN_SECONDS)

    def _too_many_failures(self, *, success: bool) -> bool:
        with self._lock:
            failures, calls = self._window.add(success=success)
            tripped = not success and failures >= _FAILURES and 2 * failures >= calls
            if tripped:
                self._window.clear()
        return tripped

    def _open(self, transition: Transition, failures: int, opened_at: int) -> None:
        self._change(
            transition,
            lambda: self._store.save_open(_NAME, failure_count=failures, opened_at=opened_at),
        )

    def _change(self, transition: Transition, save: Callable[[], None]) -> None:
        self._save(save)
        self._telemetry.log("circuit changed", level=logging.WARNING, transition=str(transition))
        if transition is not Transition.CLOSED:
            self._telemetry.count("breaker_opened")

    def _save(self, save: Callable[[], None]) -> None:
        try:
            save()
        except (ClientError, BotoCoreError):
            self._telemetry.count("breaker_store_failed")


class BreakerPermit:
    """A permit for one call; exactly one of its methods is called when the call has ended."""

    def __init__(self, breaker: CircuitBreaker, *, probe: bool) -> None:
        self._breaker = breaker
        self._probe = probe

    def succeeded(self) -> None:
        """Upstream answered."""
        self._breaker.record(success=True, probe=self._probe)

    def failed(self) -> None:
        """Upstream failed."""
        self._breaker.record(success=False, probe=self._probe)

    def refused(self) -> None:
        """Upstream refuses us."""
        self._breaker.open_at_once()

    def undecided(self) -> None:
        """The call says nothing about upstream."""
        if self._probe:
            self._breaker.release()
