"""The invariants that hold when nothing runs and recovery ran: I2, I3, I5, I8, I11, I13, I14."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tests.reliability.history.facts import (
    Accepted,
    Generation,
    Write,
    expired,
    generation_of,
)
from tests.reliability.history.history import History
from tests.reliability.invariants.judging import effective, hold
from tests.world import SETTINGS

ANSWER_SECONDS: Final = 28.0
CLAIM_SECONDS: Final = 60


def i2_every_call_ends(history: History) -> None:
    """I2: every call that is charged or unknown ends in a terminal record of its attempt.

    What expired before anybody could end it is gone by I11.
    """
    for post in history.posts:
        claim = history.claim_of(post.process)
        if claim is None or not post.doing.charged:
            continue
        ended = any(
            write.terminal and write.new["attempt"] == claim.new["attempt"]
            for write in history.life(claim.generation)
        )
        hold("I2", ended or _gone(history, claim), f"{post.process} was paid and forgotten")


def i2_every_kept_result_is_stored(history: History) -> None:
    """I2: what the emergency queue took is stored in the end, or waits where a person looks.

    A lost answer is no news to a record that is `unknown` already.
    """
    for body in history.kept:
        result = json.loads(body)
        stored = any(
            write.new["verification_id"] == result["verification_id"]
            and write.new["status"] == result["status"]
            and result["status"] in {"unknown", write.new["status"]}
            and (result["status"] == "unknown" or write.new["settled_at"] == result["settled_at"])
            for write in history.writes
        )
        hold(
            "I2",
            stored or body in history.parked,
            f"a kept {result['status']} result was thrown away",
        )


def i3_the_bill_is_true(history: History) -> None:
    """I3: an event says what the liveness API may have charged for the record's attempts so far."""
    charges: Counter[tuple[Generation, int]] = Counter()
    for post in history.posts:
        if claim := history.claim_of(post.process):
            charges[claim.generation, claim.new["attempt"]] += post.doing.charged
    for event in history.accepted:
        said = event.detail["data"]["billing"]
        numbers = range(1, said["attempts"] + 1)
        charged = sum(charges[event.generation, number] for number in numbers)
        possible = {"yes": {1}, "no": {0}, "unknown": {0, 1}}[said["charged"]]
        hold("I3", charged in possible, f"an event says {said['charged']} of {charged} charges")


def i5_every_version_is_announced(history: History) -> None:
    """I5: each terminal version is on the bus or in a dead-letter queue, under one id of its own.

    A version that had expired when it was first delivered is announced to nobody (I11).
    """
    ids = _ids(history)
    letters = [json.loads(letter) for letter in history.letters]
    lettered = {letter["sequence_number"] for letter in letters}
    for write in history.writes:
        if write.terminal:
            told = (write.generation, int(write.new["version"])) in ids
            told = told or write.sequence_number in lettered
            hold("I5", told or _late(history, write), f"{write.new['status']} was never announced")
    terminal = {write.sequence_number for write in history.writes if write.terminal}
    hold("I5", lettered <= terminal | {*history.poison}, "a letter of what is not announced")
    for number in history.poison:
        hold("I5", number in lettered, f"the unreadable record {number} vanished")
    alarms = history.counts["event_dead_lettered"]
    hold("I5", alarms >= len(letters), f"{len(letters)} letters, {alarms} alarms")


def i5_nothing_waits(history: History) -> None:
    """I5: a record the bus refuses, or nobody can read, holds up no other of its batch."""
    for batch in history.delivered:
        if not batch.troubled:
            waiting = [write for write in history.writes if write.sequence_number in batch.again]
            known = {(write.generation, write.new["version"]) for write in waiting}
            hold("I5", len(waiting) == len(batch.again), "an unreadable record waits")
            hold("I5", known <= batch.refused, f"{known - batch.refused} wait without a reason")


def i8_one_call_per_attempt(history: History) -> None:
    """I8: of n duplicates at once one calls; per attempt one request is the caller."""
    callers: dict[object, str] = {}
    for post in history.posts:
        claim = history.claim_of(post.process)
        attempt = claim and (claim.generation, claim.new["attempt"])
        caller = callers.setdefault(attempt, post.process)
        hold("I8", caller == post.process, f"{caller} and {post.process} both called")


def i11_nothing_after_expiry(history: History) -> None:
    """I11: what has expired is not read, answered, ended, tried again or announced."""
    for read in history.reads:
        if read.code is None:
            standing = history.standing(read.verification_id, read.tick)
            hold("I11", standing and not expired(standing.new, read.now), "an expired record read")
            hold("I11", standing and standing.new["client_id"] == read.client_id, "another's read")
            hold("I11", standing not in _erased(history, read.tick), "an erased record was read")
    for refused in history.refused:
        if refused.attempt == 1:
            late = expired(refused.standing, refused.claimed_at)
            hold("I11", not late, f"{refused.process} met an expired record")
    for write in history.writes:
        if write.old is not None and not write.starts_life:
            hold("I11", not expired(write.old, _moment(write)), f"{write.process} was too late")
    for event in history.accepted:
        hold("I11", not expired(_announced(history, event), event.now), "announced too late")


def i13_in_time(history: History) -> None:
    """I13: every answer within 28 s; the liveness API is called at most 1.1 times per request."""
    hold("I13", not history.overran, f"{history.overran} never answered in time")
    for answer in history.answers:
        hold("I13", answer.own_seconds <= ANSWER_SECONDS, f"{answer.process} took too long")
    calls = Counter(post.environment for post in history.posts)
    asking = Counter(environment for environment, _ in history.callers)
    for environment, made in calls.items():
        allowed = asking[environment] * 1.1 + 1
        hold("I13", made <= allowed, f"{made} calls for {asking[environment]} requests")


def i14_refused_input_costs_nothing(history: History) -> None:
    """I14: what breaks a rule of input is a 4xx, and nobody is asked about it."""
    for answer in history.answers:
        asked = history.asked[answer.process]
        refused = answer.code == "invalid_threshold"
        if effective(asked.content) < SETTINGS.minimum_threshold and not answer.troubled:
            hold("I14", refused, f"{answer.process} was taken")
        if refused:
            called = any(post.process == answer.process for post in history.posts)
            hold("I14", not called, f"{answer.process} was refused and cost a call")


def _ids(history: History) -> dict[tuple[Generation, int], str]:
    """The id each version was announced under: always the same one, and its own."""
    ids: dict[tuple[Generation, int], str] = {}
    for event in history.accepted:
        metadata = event.detail["metadata"]
        first = ids.setdefault((event.generation, metadata["version"]), metadata["id"])
        hold("I5", first == metadata["id"], f"one version as {first} and as {metadata['id']}")
    hold("I5", len(set(ids.values())) == len(ids), f"two versions under one id: {ids}")
    return ids


def _gone(history: History, claim: Write) -> bool:
    replaced = any(
        write.starts_life and write.old is not None and generation_of(write.old) == claim.generation
        for write in history.writes
    )
    erased = any(generation == claim.generation for _, generation in history.erasures)
    return erased or replaced or expired(claim.new, history.now)


def _late(history: History, write: Write) -> bool:
    return any(
        write.sequence_number in batch.sequence_numbers and expired(write.new, batch.now)
        for batch in history.delivered
    )


def _erased(history: History, tick: int) -> list[Write]:
    gone = {generation for at, generation in history.erasures if at < tick}
    return [write for write in history.writes if write.generation in gone]


def _moment(write: Write) -> datetime:
    """What the gateway's clock said when it made this change."""
    if write.terminal:
        return datetime.fromisoformat(write.new["settled_at"])
    seconds = int(write.new["deadline"]) - CLAIM_SECONDS
    return datetime.fromtimestamp(seconds, tz=UTC)


def _announced(history: History, event: Accepted) -> Mapping[str, Any]:
    version = event.detail["metadata"]["version"]
    return next(
        write.new
        for write in history.life(event.generation)
        if write.terminal and write.new["version"] == version
    )
