"""I4 and I5: what is announced is stored, what is stored is announced, under one id."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I4", "a processing record is announced", "Publisher._event",
        "verification.status is Status.PROCESSING or now >= verification.expires_at",
        "now >= verification.expires_at",
        killers.PUBLISHING,
    ),
    SeededFault(
        "I4", "what still runs is announced as unknown", "Publisher._event",
        "if verification.status is Status.PROCESSING or now >= verification.expires_at: ...",
        """
        if verification.status is Status.PROCESSING:
            from dataclasses import replace
            verification = replace(
                verification, status=Status.UNKNOWN, version=1, ended_at=now
            )
        if now >= verification.expires_at: ...
        """,
        killers.PUBLISHING,
    ),
    SeededFault(
        "I4", "a record and its event round the score", "records.verification_body",
        "shown_score(verification)",
        "round(shown_score(verification), 1)",
        killers.RECORDS,
    ),
    SeededFault(
        "I5", "entries the bus refused are taken for announced", "Publisher.publish",
        "code is not None and not self._given_up(announcement, code)",
        "code is not None and self._given_up(announcement, code)",
        killers.PUBLISHING,
    ),
    SeededFault(
        "I5", "the versions of a record share one event id", "events.event_id",
        r'f"{verification.verification_id}\n{created}\n{verification.version}"',
        r'f"{verification.verification_id}\n{created}"',
        killers.EVENTS,
    ),
    SeededFault(
        "I5", "a key used again gives its old event id again", "events.event_id",
        r'f"{verification.verification_id}\n{created}\n{verification.version}"',
        r'f"{verification.verification_id}\n{verification.version}"',
        killers.EVENTS,
    ),
    SeededFault(
        "I5", "an event has a new id each time", "events.event_id",
        "hashlib.sha256(text.encode()).hexdigest()[:32]",
        '__import__("secrets").token_hex(16)',
        killers.EVENTS,
    ),
    SeededFault(
        "I5", "a poison record is delivered for ever", "Publisher._announcements",
        'not self._dead_letter("unreadable_record", record.sequence_number, None)',
        "True",
        killers.PUBLISHING,
    ),
    SeededFault(
        "I5", "FailedEntryCount is ignored", "EventBridgeBus.put",
        'return [entry.get("ErrorCode") for entry in answer["Entries"]]',
        "return [None] * len(events)",
        killers.BUS,
    ),
    SeededFault(
        "I5", "a bus that cannot be reached has taken everything", "EventBridgeBus.put",
        "return [type(error).__name__] * len(events)",
        "return [None] * len(events)",
        killers.BUS,
    ),
    SeededFault(
        "I5", "an unreadable record fails its whole batch", "streams.stream_record",
        "verification = None",
        "raise",
        killers.STREAMS,
    ),
    SeededFault(
        "I5", "a letter nobody took counts as kept", "Publisher._dead_letter",
        "return self._dead_letters.send(json.dumps(letter))",
        """
        self._dead_letters.send(json.dumps(letter))
        return True
        """,
        killers.PUBLISHING,
    ),
    SeededFault(
        "I5", "an event the bus will never take is offered for ever", "Publisher._given_up",
        "code not in _FINAL_CODES",
        "True",
        killers.PUBLISHING,
    ),
)  # fmt: skip
