"""The invariants of answers, which hold at every moment: I6, I7 (docs/design.md)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tests.reliability.history.facts import Answered, Asked, Write
from tests.reliability.history.history import History
from tests.reliability.invariants.judging import hold, shown

# What a caller may hear although the record says otherwise: our own services are in trouble.
_OF_THE_MOMENT: Final = frozenset({"upstream_unavailable", "internal"})
# What a caller hears because of another request under the same key.
_OF_OTHERS: Final = frozenset({"in_progress", "idempotency_conflict"})


def i6_answer_is_stored(history: History) -> None:
    """I6: an answer says what was stored before it; same key and content, same answer."""
    for answer in history.answers:
        asked = history.asked[answer.process]
        if answer.code is None:
            _stored_before(history, answer, asked)
        elif answer.code not in _OF_THE_MOMENT | _OF_OTHERS and "verification_id" in answer.body:
            _problem_stored(history, answer)
    for earlier, later in _repeats(history):
        _same_answer(history, earlier, later)


def i7_conflict_touches_nothing(history: History) -> None:
    """I7: same key, other content: 422, no call, no write; a life has one content only."""
    for answer in history.answers:
        if answer.code in {"idempotency_conflict", "invalid_threshold"}:
            hold("I7", not _touched(history, answer.process), f"{answer.process} was refused")
        if answer.code == "idempotency_conflict":
            _truly_conflicts(history, answer)
    contents: dict[object, object] = {}
    for claim in history.claims():
        asked = history.asked[claim.process]
        whose = (asked.client_id, asked.key, asked.content)
        first = contents.setdefault(claim.generation, whose)
        hold("I7", first == whose, f"{claim.process} took the record of another request")


def _stored_before(history: History, answer: Answered, asked: Asked) -> None:
    stored = [
        write
        for write in history.writes
        if write.tick < answer.tick
        and write.new["status"] == "completed"
        and write.new["verification_id"] == answer.body["verification_id"]
    ]
    hold("I6", stored, f"{answer.process} was told of a result that is not stored")
    # What stood when it was asked, or was stored since: a day may pass over a request, and the
    # record expire that it has read.
    before = sum(write.tick < asked.tick for write in stored)
    met = stored[max(0, before - 1) :]
    told = (answer.body["decision"], answer.body.get("score"), answer.body["threshold"])
    same = [write for write in met if _result(write) == told]
    held = [_result(write) for write in met]
    hold("I6", same, f"{answer.process} was told {told}; stored is {held}")
    owner = same[-1].new["client_id"]
    hold("I6", owner == asked.client_id, f"{answer.process} got another client's record")
    claimant = history.asked[history.life(same[-1].generation)[0].process]
    hold("I6", claimant.content == asked.content, f"{answer.process} got another selfie's result")


def _result(write: Write) -> tuple[object, float | None, float]:
    score, threshold = write.new.get("score"), write.new["threshold"]
    number = None if score is None else shown(score, threshold)
    return write.new["decision"], number, float(threshold)


def _problem_stored(history: History, answer: Answered) -> None:
    stored = any(
        write.new.get("problem_code") == answer.code
        and write.new["verification_id"] == answer.body["verification_id"]
        and write.tick < answer.tick
        for write in history.writes
    )
    hold("I6", stored, f"{answer.process} was told {answer.code}, which is not stored")


def _repeats(history: History) -> Iterator[tuple[Answered, Answered]]:
    """An answer that says what stands, and the next one to the same question asked after it."""
    groups: dict[object, list[Answered]] = {}
    for answer in history.answers:
        asked = history.asked[answer.process]
        if asked.key is not None:
            groups.setdefault((asked.client_id, asked.key, asked.content), []).append(answer)
    for group in groups.values():
        for earlier, later in pairwise(group):
            if history.asked[later.process].tick > earlier.tick:
                yield earlier, later


def _same_answer(history: History, earlier: Answered, later: Answered) -> None:
    said_nothing = earlier.code in _OF_OTHERS or "verification_id" not in earlier.body
    if later.code in _OF_THE_MOMENT or said_nothing:
        return
    record = str(earlier.body["verification_id"])
    standing, then = history.standing(record, earlier.tick), history.standing(record, later.tick)
    if standing is None or then is None or then.generation != standing.generation:
        return  # another life: I9 says when one may begin
    if earlier.code is None:
        hold("I6", later.body == earlier.body, f"{later.process}: {later.code} after a 2xx")
    elif standing.new["status"] == "unknown" and then is standing:
        hold("I6", later.code == standing.new["problem_code"], f"{later.process}: {later.code}")


def _truly_conflicts(history: History, answer: Answered) -> None:
    hold("I7", "verification_id" not in answer.body, f"{answer.process} was told of a record")
    asked = history.asked[answer.process]
    claimants = [history.asked[w.process] for w in history.claims() if w.tick < answer.tick]
    others = [c for c in claimants if (c.client_id, c.key) == (asked.client_id, asked.key)]
    same = not others or others[-1].content == asked.content
    hold("I7", not same, f"{answer.process} was the same")


def _touched(history: History, process: str) -> bool:
    wrote = any(write.process == process for write in history.writes)
    return wrote or any(post.process == process for post in history.posts)
