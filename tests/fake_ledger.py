"""The table of verifications in memory, with the conditions `adapters/dynamodb.py` writes.

It keeps real items (the mapping of `adapters/items.py`), so what a test reads back has lost what
DynamoDB loses: fractions of a second in `deadline` and `expires_at`, absent attributes. Each
condition is spelled out here a second time, in Python; it is not read from the adapter.
"""

import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from liveness_gateway.adapters.dynamodb.items import (
    Item,
    claim_item,
    marshal,
    result_values,
    verification_of,
)
from liveness_gateway.verifications.model import (
    AttemptReference,
    Status,
    TerminalResult,
    Verification,
)
from liveness_gateway.verifications.ports import LedgerUnavailableError, ResultRefusedError
from liveness_gateway.verifications.publishing import StreamRecord
from tests.faults import Faults, SdkRetryError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Change:
    """One line of the table's stream: the image after a write."""

    sequence_number: str
    image: Item

    @property
    def verification(self) -> Verification:
        return verification_of(self.image)


class FakeLedger:
    """Implements the `Ledger` port.

    Attributes:
        items: what is in the table, by verification_id.
        stream: every write's image, in order; `records()` is what the publisher is given of it.
        index_lags: while True the index `overdue` reads is not updated (it is only eventually
            consistent); `catch_up()` brings it up to date.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._lock = threading.RLock()
        self.items: dict[str, Item] = {}
        self.stream: list[Change] = []
        self.index_lags = False
        self._index: dict[str, Item] = {}

    def claim(self, claim: Verification) -> Verification | None:
        return self._effect("ledger.claim", lambda: self._claim(claim))

    def reclaim(self, failed: Verification, claim: Verification) -> Verification | None:
        return self._effect("ledger.reclaim", lambda: self._reclaim(failed, claim))

    def store(self, result: TerminalResult) -> Verification:
        return self._effect("ledger.store", lambda: self._store(result))

    def get(self, verification_id: str) -> Verification | None:
        return self._effect("ledger.get", lambda: self._read(verification_id))

    def overdue(self, now: datetime) -> Iterator[AttemptReference]:
        yield from self._effect("ledger.overdue", lambda: self._overdue(now))

    def records(self, start: int = 0) -> list[StreamRecord]:
        """The stream from `start` on, as the event source's filter lets it through."""
        return [
            StreamRecord(change.sequence_number, change.verification)
            for change in self.stream[start:]
            if change.image["status"]["S"] in {"completed", "failed", "unknown"}
        ]

    def all(self) -> list[Verification]:
        """Everything in the table, expired or not."""
        with self._lock:
            return [verification_of(item) for item in self.items.values()]

    def catch_up(self) -> None:
        """Bring the index up to date and keep it so."""
        self.index_lags = False
        self._index = dict(self.items)

    def delete_expired(self, now: datetime) -> None:
        """What DynamoDB's TTL does some time after `expires_at`."""
        with self._lock:
            for key in [key for key in self.items if self._expired(key, now)]:
                del self.items[key]
            self._reindex()

    def _effect(self, effect: str, operation: Callable[[], Result]) -> Result:
        try:
            return self._once(effect, operation)
        except SdkRetryError:
            return self._effect(effect, operation)

    def _once(self, effect: str, operation: Callable[[], Result]) -> Result:
        self._faults.at(effect, "before")
        try:
            with self._lock:
                return operation()
        finally:
            # A refusal is an answer too, and can be lost as any other.
            self._faults.at(effect, "after")

    def _claim(self, claim: Verification) -> Verification | None:
        # attribute_not_exists(verification_id) OR expires_at <= :now
        standing = self._read(claim.verification_id)
        if standing is None or self._expired(claim.verification_id, claim.created_at):
            self._write(claim_item(claim))
            return None
        return None if _is_own(standing, claim) else standing

    def _reclaim(self, failed: Verification, claim: Verification) -> Verification | None:
        # status = :failed AND attempt = :attempt AND deadline = :deadline AND expires_at > :now
        standing = self._read(claim.verification_id)
        if standing is None:
            raise LedgerUnavailableError("ConditionalCheckFailedException")
        again = replace(
            claim,
            created_at=failed.created_at,
            attempt=failed.attempt + 1,
            version=failed.version,
        )
        live = not self._expired(claim.verification_id, claim.created_at)
        if (
            standing.status is Status.FAILED
            and standing.attempt_reference == failed.attempt_reference
            and live
        ):
            self._write(claim_item(again))
            return again
        return again if _is_own(standing, again) else None

    def _store(self, result: TerminalResult) -> Verification:
        # attempt = :attempt AND deadline = :deadline AND expires_at > :now
        # AND (status = :processing [OR :unknown])
        key = result.attempt_reference.verification_id
        standing = self._read(key)
        if standing is None:
            raise ResultRefusedError("there is no such record")
        allowed = {Status.PROCESSING}
        if result.status is not Status.UNKNOWN:
            allowed.add(Status.UNKNOWN)
        of_this_attempt = standing.attempt_reference == result.attempt_reference
        live = not self._expired(key, result.ended_at)
        if of_this_attempt and live and standing.status in allowed:
            self._write(_settled(self.items[key], standing.version + 1, result))
            return verification_of(self.items[key])
        if of_this_attempt and _says_the_same(standing, result):
            return standing
        raise ResultRefusedError(f"{standing.status} does not become {result.status}")

    def _read(self, verification_id: str) -> Verification | None:
        item = self.items.get(verification_id)
        return verification_of(item) if item else None

    def _overdue(self, now: datetime) -> list[AttemptReference]:
        # sweep_shard = :shard AND deadline < :now, a shard at a time, each sorted by deadline
        found = [
            (item["sweep_shard"]["S"], int(item["deadline"]["N"]), verification_of(item))
            for item in self._index.values()
            if "sweep_shard" in item and int(item["deadline"]["N"]) < int(now.timestamp())
        ]
        found.sort(key=lambda row: row[:2])
        return [each.attempt_reference for _, _, each in found]

    def _expired(self, key: str, now: datetime) -> bool:
        return int(self.items[key]["expires_at"]["N"]) <= int(now.timestamp())

    def _write(self, item: Item) -> None:
        self.items[item["verification_id"]["S"]] = item
        self.stream.append(Change(f"{len(self.stream) + 1:021d}", deepcopy(item)))
        self._reindex()

    def _reindex(self) -> None:
        if not self.index_lags:
            self._index = dict(self.items)


def _settled(item: Item, version: int, result: TerminalResult) -> Item:
    # What this result does not say is removed, but for the image of the claim.
    gone = {"sweep_shard", *result_values(result)} - {"image"}
    kept = {name: value for name, value in item.items() if name not in gone}
    return kept | marshal(result_values(result)) | marshal({"version": version})


def _is_own(standing: Verification, claim: Verification) -> bool:
    return standing.status is Status.PROCESSING and standing.claim_id == claim.claim_id


def _says_the_same(standing: Verification, result: TerminalResult) -> bool:
    if standing.status is result.status is Status.UNKNOWN:
        return True
    return (standing.status, standing.reasons, standing.score) == (
        result.status,
        result.reasons,
        result.score,
    )
