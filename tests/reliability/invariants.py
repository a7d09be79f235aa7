"""The invariants of docs/design.md as questions to a history; each yields what breaks it.

I7 and I8 are asked by the scenarios that make conflicts and crowds; I11 by those that let records
expire; I12 is asked of the outputs of all runs together; I14 is what the fuzzing asks.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from liveness_gateway.verifications.events import event_detail, event_id
from liveness_gateway.verifications.model import Decision, Status, Verification
from liveness_gateway.verifications.records import verification_body
from tests.reliability.history import History, expected_events

Violations = Iterator[str]
# What upstream may have answered where the gateway says live.
_SAYS_LIVE: Final = frozenset({"live", "slow", "older", "older_uuid", "verbatim"})


def claim_before_call(history: History) -> Violations:
    """I1: a committed `processing` record precedes every upstream call."""
    for request in history.requests:
        ids = history.ids_of(request.sha256)
        if not any(at <= request.received_at and who in ids for at, who in history.claims):
            yield f"I1: upstream was called before a claim was stored (request {request.number})"


def charged_is_recorded(history: History) -> Violations:
    """I2: every charged-or-unknown call ends in a terminal record that does not deny it.

    What has expired is gone, whatever it said (I11).
    """
    records = history.records()
    for request in history.charged():
        ends = [records[key] for key in history.ids_of(request.sha256) & records.keys()]
        good = {Status.COMPLETED, Status.UNKNOWN}
        if not any(end.status in good or end.expires_at <= history.now for end in ends):
            states = sorted(end.status for end in ends)
            yield f"I2: request {request.number} may be charged, its record is {states}"


def charged_once(history: History) -> Violations:
    """I3: at most one charge for each key while its record lives."""
    for sha256 in {request.sha256 for request in history.requests}:
        charges = sum(request.sha256 == sha256 for request in history.charged())
        attempt_reference = {
            (write.verification_id, write.created_at)
            for write in history.writes
            if write.verification_id in history.ids_of(sha256)
        }
        if charges > len(attempt_reference):
            yield f"I3: {charges} charges for {len(attempt_reference)} verifications of one selfie"


def events_are_stored_versions(history: History) -> Violations:
    """I4: an event implies a stored terminal version of equal content."""
    stored = [event_detail(write, "local") for write in expected_events(history)]
    for event in history.events:
        if event not in stored:
            yield f"I4: event {event['metadata']['id']} is of no stored version"


def versions_are_announced(history: History) -> Violations:
    """I5: every stored terminal version is on the bus or in a dead letter, under its own id.

    What expired before it could be announced is not (I11).
    """
    announced = {event["metadata"]["id"] for event in history.events}
    letters = "\n".join(history.letters)
    for write in expected_events(history):
        name = event_id(write)
        lost = name not in announced and write.verification_id not in letters
        if lost and write.expires_at > history.now:
            yield f"I5: version {write.version} ({write.status}) was announced to nobody"


def answers_are_stored(history: History) -> Violations:
    """I6: a 2xx only of what was stored before; the same key gives the same answer."""
    told: dict[str, object] = {}
    for answer in history.answers:
        if answer.status >= 300:
            continue
        stored = [
            verification_body(write)
            for write in history.writes[: answer.written]
            if write.status is Status.COMPLETED
        ]
        if answer.body not in stored:
            yield "I6: an answer says what was not stored"
        of = f"{answer.verification_id} {answer.body['created_at']}"
        if told.setdefault(of, answer.body) != answer.body:
            yield "I6: one verification was answered in two ways"


def only_allowed_transitions(history: History) -> Violations:
    """I9: `completed` is never overwritten and nothing goes backwards."""
    ids = {write.verification_id for write in history.writes}
    for name in sorted(ids):
        writes = [write for write in history.writes if write.verification_id == name]
        if not _begins(writes[0]):
            yield f"I9: a record begins as {writes[0].status}"
        for before, after in pairwise(writes):
            if not _allowed(before, after):
                yield f"I9: {before.status} became {after.status}"


def live_has_a_reason(history: History) -> Violations:
    """I10: `live` needs an upstream answer that says so."""
    for write in history.writes:
        if write.decision is not Decision.LIVE or write.verification_id in history.seeded:
            continue
        outcomes = {
            request.outcome
            for request in history.requests
            if write.verification_id in history.ids_of(request.sha256)
        }
        if not outcomes & _SAYS_LIVE or write.score is None or write.score < write.threshold:
            yield f"I10: live after {sorted(outcomes)} with a score of {write.score}"


def bounded(history: History) -> Violations:
    """I13: every answer in time, and at most 1.1 calls for each request, beyond one in hand."""
    for answer in history.answers:
        if answer.seconds > answer.allowed:
            yield f"I13: an answer took {answer.seconds:.1f} s of {answer.allowed:.1f} s"
    if len(history.requests) > 1.1 * len(history.posted) + history.environments:
        yield f"I13: {len(history.requests)} calls for {len(history.posted)} requests"


INVARIANTS: Final[tuple[Callable[[History], Violations], ...]] = (
    claim_before_call,
    charged_is_recorded,
    charged_once,
    events_are_stored_versions,
    versions_are_announced,
    answers_are_stored,
    only_allowed_transitions,
    live_has_a_reason,
    bounded,
)


def violations(history: History) -> list[str]:
    """Everything in a history that breaks an invariant."""
    return [broken for invariant in INVARIANTS for broken in invariant(history)]


def _begins(first: Verification) -> bool:
    return (first.status, first.attempt, first.version) == (Status.PROCESSING, 1, 0)


def _allowed(before: Verification, after: Verification) -> bool:
    if after.status is Status.PROCESSING:
        next_attempt = (
            before.status is Status.FAILED
            and (after.attempt, after.version) == (before.attempt + 1, before.version)
            and after.created_at == before.created_at
        )
        return next_attempt or (_begins(after) and after.created_at >= before.expires_at)
    same = after.attempt == before.attempt and after.version == before.version + 1
    late = before.status is Status.UNKNOWN and after.status is not Status.UNKNOWN
    return same and (before.status is Status.PROCESSING or late)
