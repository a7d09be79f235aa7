"""Announces stored terminal versions: each reaches the bus or the dead-letter queue (I5)."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry
from liveness_gateway.verifications.events import DETAIL_TYPES, SOURCE, event_detail, event_id
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.ports import DeadLetters, EventBus

# PutEvents takes at most 10 entries.
ENTRIES: Final = 10
# Trying again is no use: the bus will never take these.
_FINAL_CODES: Final = frozenset(
    {
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSourceException",
        "ValidationException",
    }
)


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A line of the table's stream; `verification` is None where it could not be read."""

    sequence_number: str
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class _Announcement:
    sequence_number: str
    event: dict[str, str]


class Publisher:
    """Puts the events of a batch on the bus; nothing waits for an entry the bus refuses."""

    def __init__(
        self,
        bus: EventBus,
        dead_letters: DeadLetters,
        clock: Clock,
        telemetry: Telemetry,
        stage: str,
    ) -> None:
        self._bus = bus
        self._dead_letters = dead_letters
        self._clock = clock
        self._telemetry = telemetry
        self._stage = stage

    def publish(self, records: Sequence[StreamRecord]) -> list[str]:
        """Announce a batch; return the sequence numbers to be delivered again.

        An unreadable record, or one the bus will never take, goes to the dead-letter queue at
        once. What has expired is not announced (I11).
        """
        again: list[str] = []
        announcements = list(self._announcements(records, again))
        for start in range(0, len(announcements), ENTRIES):
            group = announcements[start : start + ENTRIES]
            for announcement, code in zip(group, self._put(group), strict=True):
                if code is not None and not self._given_up(announcement, code):
                    again.append(announcement.sequence_number)
        if again:
            self._telemetry.count("event_retried", len(again))
        return again

    def _announcements(
        self, records: Sequence[StreamRecord], again: list[str]
    ) -> Iterator[_Announcement]:
        now = self._clock.now()
        for record in records:
            try:
                event = self._event(record.verification, now)
            except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
                if not self._dead_letter("unreadable_record", record.sequence_number, None):
                    again.append(record.sequence_number)
            else:
                if event is not None:
                    yield _Announcement(record.sequence_number, event)

    def _event(self, verification: Verification | None, now: datetime) -> dict[str, str] | None:
        """The event of a record; None where nothing is to be announced (any more)."""
        if verification is None:
            raise ValueError("unreadable")
        if verification.status is Status.PROCESSING or now >= verification.expires_at:
            return None
        return event_of(verification, self._stage)

    def _put(self, group: Sequence[_Announcement]) -> list[str | None]:
        codes = self._bus.put([announcement.event for announcement in group])
        if len(group) > 1 and all(code in _FINAL_CODES for code in codes):
            # One entry can fail the call as a whole: each is then tried on its own.
            return [self._bus.put([announcement.event])[0] for announcement in group]
        return codes

    def _given_up(self, announcement: _Announcement, code: str) -> bool:
        self._telemetry.log("the bus refused an event", level=logging.ERROR, code=code)
        if code not in _FINAL_CODES:
            return False
        return self._dead_letter(code, announcement.sequence_number, announcement.event)

    def _dead_letter(self, reason: str, sequence_number: str, event: dict[str, str] | None) -> bool:
        self._telemetry.count("event_dead_lettered")
        letter = {"reason": reason, "sequence_number": sequence_number, "event": event}
        return self._dead_letters.send(json.dumps(letter))


def event_of(verification: Verification, stage: str) -> dict[str, str]:
    """The event of a terminal version as the bus takes it."""
    return {
        "source": SOURCE,
        "detail_type": DETAIL_TYPES[verification.status],
        "detail": json.dumps(event_detail(verification, stage)),
        "id": event_id(verification),
    }
