"""The use cases of recovery: end overdue verifications, and store results that were kept."""

import logging
from datetime import datetime

from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.model import AttemptReference, Status, TerminalResult
from liveness_gateway.verifications.ports import Ledger, ResultRefusedError


class Sweeper:
    """Ends verifications whose function crashed: `processing` past its deadline is `unknown`."""

    def __init__(self, ledger: Ledger, clock: Clock, telemetry: Telemetry) -> None:
        self._ledger = ledger
        self._clock = clock
        self._telemetry = telemetry

    def sweep(self) -> int:
        """End every overdue attempt and return how many this call ended.

        Safe to run twice, and while a late answer is stored: the ledger takes only one of them.

        Raises:
            LedgerUnavailableError: the table did not answer; the next run goes on.
        """
        now = self._clock.now()
        return sum(
            self._end(attempt_reference, now) for attempt_reference in self._ledger.overdue(now)
        )

    def _end(self, attempt_reference: AttemptReference, now: datetime) -> bool:
        abandoned = TerminalResult(
            attempt_reference=attempt_reference,
            status=Status.UNKNOWN,
            ended_at=now,
            reasons=("abandoned",),
            problem_code="upstream_timeout",
        )
        try:
            stored = self._ledger.store(abandoned)
        except ResultRefusedError:
            return False
        if stored.ended_at != now:
            return False  # the index lagged: another sweep ended it before
        self._telemetry.count(f"verification_{Status.UNKNOWN}")
        self._telemetry.log(
            "verification abandoned",
            level=logging.ERROR,
            verification_id=attempt_reference.verification_id,
            attempt=attempt_reference.attempt,
        )
        return True


class Recoverer:
    """Stores the paid results that waited in the emergency queue."""

    def __init__(self, ledger: Ledger, telemetry: Telemetry) -> None:
        self._ledger = ledger
        self._telemetry = telemetry

    def store(self, result: TerminalResult) -> None:
        """Store a result; a message delivered twice is stored once.

        Raises:
            LedgerUnavailableError: the table still does not take it; deliver the message again.
            ResultRefusedError: the record has another result, or is gone.
        """
        stored = self._ledger.store(result)
        self._telemetry.count("result_recovered")
        self._telemetry.log(
            "result recovered",
            level=logging.WARNING,
            verification_id=stored.verification_id,
            status=stored.status,
            version=stored.version,
        )
