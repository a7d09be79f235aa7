"""The use cases of recovery: end overdue verifications, and store results that were kept."""

import logging
from dataclasses import replace
from datetime import datetime

from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import (
    AttemptReference,
    MultipleFaces,
    Status,
    TerminalResult,
    Verification,
)
from liveness_gateway.verifications.ports import (
    Ledger,
    LedgerUnavailableError,
    ResultRefusedError,
)


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
        return sum(self._end(overdue, now) for overdue in self._ledger.overdue(now))

    def _end(self, overdue: AttemptReference | None, now: datetime) -> bool:
        if overdue is None:
            self._telemetry.count("overdue_unreadable")
            return False
        abandoned = TerminalResult(
            attempt_reference=overdue,
            status=Status.UNKNOWN,
            ended_at=now,
            reasons=("abandoned",),
            problem_code="upstream_timeout",
        )
        try:
            stored = self._ledger.store(abandoned)
        except ResultRefusedError:
            return False
        except LedgerUnavailableError:
            self._telemetry.count("sweep_failed")
            return False
        if stored.before is not None:
            return False  # the index lagged: another sweep ended it before
        self._telemetry.count(f"verification_{Status.UNKNOWN}")
        self._telemetry.log(
            "verification abandoned",
            level=logging.ERROR,
            verification_id=overdue.verification_id,
            attempt=overdue.attempt,
        )
        return True


class Recoverer:
    """Stores the paid results that waited in the emergency queue.

    What comes from a queue is trusted no more than what comes from a client: the decision is made
    again, from the score, the number of faces and the record's own threshold.
    """

    def __init__(self, ledger: Ledger, telemetry: Telemetry, multiple_faces: MultipleFaces) -> None:
        self._ledger = ledger
        self._telemetry = telemetry
        self._multiple_faces = multiple_faces

    def store(self, result: TerminalResult) -> None:
        """Store a result; a message delivered twice is stored once.

        A kept `failed` that the next attempt has overtaken is done: it was stored before that.

        Raises:
            LedgerUnavailableError: the table still does not take it; deliver the message again.
            ResultRefusedError: the record has another result, or is gone.
        """
        record = self._ledger.get(result.attempt_reference.verification_id)
        if record is None:
            raise ResultRefusedError("there is no such record")
        if result.status is Status.FAILED and record.attempt > result.attempt_reference.attempt:
            self._telemetry.count("result_overtaken")
            return
        version = self._ledger.store(self._decided_again(result, record)).version
        self._telemetry.count("result_recovered")
        self._telemetry.log(
            "result recovered",
            level=logging.WARNING,
            verification_id=record.verification_id,
            status=result.status,
            version=version,
        )

    def _decided_again(self, result: TerminalResult, record: Verification) -> TerminalResult:
        if result.status is not Status.COMPLETED:
            return result
        decision, reasons = decide(
            result.score, result.face_count, record.threshold, self._multiple_faces
        )
        return replace(result, decision=decision, reasons=reasons)
