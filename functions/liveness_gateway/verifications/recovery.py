"""The use cases of recovery: end what nobody answered for, store what could not be stored."""

import logging
from datetime import datetime

from liveness_gateway.problems import SettleRefused
from liveness_gateway.verifications.model import Claimed, Settlement, Status
from liveness_gateway.verifications.ports import Clock, Journal, Ledger


class Sweeper:
    """Ends verifications whose function died: `processing` past its deadline is `unknown`."""

    def __init__(self, ledger: Ledger, clock: Clock, journal: Journal) -> None:
        self._ledger = ledger
        self._clock = clock
        self._journal = journal

    def sweep(self) -> int:
        """End every overdue attempt and return how many this call ended.

        Safe to run twice and beside a late answer: the ledger lets only one of them win.

        Raises:
            LedgerUnavailable: the table did not answer; the next run goes on.
        """
        now = self._clock.now()
        return sum(self._end(claimed, now) for claimed in self._ledger.overdue(now))

    def _end(self, claimed: Claimed, now: datetime) -> bool:
        abandoned = Settlement(
            claimed=claimed,
            status=Status.UNKNOWN,
            settled_at=now,
            reasons=("abandoned",),
            problem_code="upstream_timeout",
        )
        try:
            stored = self._ledger.settle(abandoned)
        except SettleRefused:
            return False
        if stored.settled_at != now:
            return False  # the index lagged: another sweep ended it before
        self._journal.count(f"verification_{Status.UNKNOWN}")
        self._journal.note(
            "verification abandoned",
            level=logging.ERROR,
            verification_id=claimed.verification_id,
            attempt=claimed.attempt,
        )
        return True


class Recoverer:
    """Stores the paid results that waited in the emergency queue."""

    def __init__(self, ledger: Ledger, journal: Journal) -> None:
        self._ledger = ledger
        self._journal = journal

    def store(self, settlement: Settlement) -> None:
        """Store a result; a message delivered twice is stored once.

        Raises:
            LedgerUnavailable: the table still does not take it; the message must come again.
            SettleRefused: the record has gone on without it, or is gone.
        """
        stored = self._ledger.settle(settlement)
        self._journal.count("result_recovered")
        self._journal.note(
            "result recovered",
            level=logging.WARNING,
            verification_id=stored.verification_id,
            status=stored.status,
            version=stored.version,
        )
