"""The invariants that hold at every moment: I1, I3, I4, I6, I7, I9, I10, I12 (docs/design.md)."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from liveness_gateway.verifications.model import MultipleFaces
from tests.reliability.history.facts import Accepted, Answered, Asked, Write, expired
from tests.reliability.history.history import History
from tests.reliability.invariants.judging import broken, cut, decision_of, hold, post_behind

_ALLOWED: Final = frozenset(
    {
        ("processing", "completed"), ("processing", "failed"), ("processing", "unknown"),
        ("failed", "processing"), ("unknown", "completed"), ("unknown", "failed"),
    }
)  # fmt: skip
_DETAIL_TYPES: Final = {
    "completed": "LivenessVerificationCompleted",
    "failed": "LivenessVerificationFailed",
    "unknown": "LivenessVerificationUnknown",
}
# What a caller may hear although the record says otherwise: our own services are in trouble.
_OF_THE_MOMENT: Final = frozenset({"upstream_unavailable", "internal"})
# What a caller hears because of another request under the same key.
_OF_OTHERS: Final = frozenset({"in_progress", "idempotency_conflict"})


def i1_claim_precedes_call(history: History) -> None:
    """I1: a committed `processing` record, made by the same request, precedes every call."""
    for post in history.posts:
        claim = history.claim_of(post.process)
        hold("I1", claim, f"{post.process} called without a claim")
        hold("I1", claim and claim.tick < post.tick, f"{post.process} claimed after its call")


def i3_at_most_one_charge(history: History) -> None:
    """I3: per life of a record one call at most that may be charged, and none after it."""
    charged: dict[object, str] = {}
    for post in history.posts:
        claim = history.claim_of(post.process)
        life = claim.generation if claim else post.process
        hold(
            "I3",
            life not in charged,
            f"{post.process} sent again what {charged.get(life)} had sent (outcome not known or "
            f"paid)",
        )
        if post.charged:
            charged[life] = f"{post.process} ({post.outcome})"


def i4_event_is_stored(history: History) -> None:
    """I4: an event implies a stored terminal version of equal content, stored before."""
    for event in history.accepted:
        version = event.detail["metadata"]["version"]
        stored = [
            write
            for write in history.life(event.generation)
            if write.terminal and write.new["version"] == version and write.tick < event.tick
        ]
        hold("I4", stored, f"version {version} was announced and never stored")
        _same_content(event, stored[-1].new)


def i6_answer_is_stored(history: History) -> None:
    """I6: an answer says what was stored before it; same key and content, same answer."""
    for answer in history.answers:
        asked = history.asked_by(answer.process)
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
        asked = history.asked_by(claim.process)
        whose = (asked.client_id, asked.key, asked.content)
        first = contents.setdefault(claim.generation, whose)
        hold("I7", first == whose, f"{claim.process} took the record of another request")


def i9_only_allowed_transitions(history: History) -> None:
    """I9: only the design's transitions, each one version or attempt on; never from `completed`."""
    for write in history.writes:
        if write.starts_life:
            _started(write)
        else:
            _went_on(write)


def i10_fail_closed(history: History, several: MultipleFaces) -> None:
    """I10: a decision is what the liveness API's own answer to this very claim makes it (R12)."""
    for write in history.writes:
        if write.new["status"] == "completed":
            _follows_from_answer(history, write, several)
        else:
            hold("I10", "decision" not in write.new, f"{write.new['status']} with a decision")
            hold("I10", "score" not in write.new, f"{write.new['status']} with a score")


def i12_nothing_leaks(history: History, items: Mapping[str, Any], seen: list[int]) -> None:
    """I12: no secret and no byte of an image in anything that leaves or stays.

    `seen` says how much of each output was looked at before, and is brought up to date.
    """
    outputs = history.outputs()
    new = [one for output, at in zip(outputs, seen, strict=True) for one in output[at:]]
    seen[:] = [len(output) for output in outputs]
    for text in map(repr, [*new, *items.values()]):
        for canary in history.canaries:
            hold("I12", canary not in text, f"a canary in {text[:80]}")


def renderings(canary: bytes) -> list[str]:
    """A canary as it could appear: as text, in hexadecimal, in base64 whatever its place."""
    shifted = [base64.b64encode(b"\0" * n + canary).decode()[4 : 4 + len(canary)] for n in range(3)]
    return [repr(canary)[2:-1], canary.hex(), *shifted]


def _same_content(event: Accepted, stored: Mapping[str, Any]) -> None:
    data, metadata = event.detail["data"], event.detail["metadata"]
    hold("I4", event.detail_type == _DETAIL_TYPES[stored["status"]], event.detail_type)
    expected = {
        "verification_id": stored["verification_id"],
        "status": stored["status"],
        "reasons": list(stored.get("reasons", [])),
        "threshold": float(stored["threshold"]),
        "decision": stored.get("decision"),
        "score": _float(stored.get("score")),
        "subject_ref": stored.get("subject_ref"),
        "problem_code": stored.get("problem_code"),
    }
    for name, value in expected.items():
        hold("I4", data.get(name) == value, f"the event's {name} is not the stored one")
    for name in ("client_id", "correlation_id"):
        hold("I4", metadata[name] == stored[name], f"the event's {name} is not the stored one")


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


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
    told = (answer.body["decision"], answer.body["score"], answer.body["threshold"])
    same = [write for write in met if _result(write) == told]
    held = [_result(write) for write in met]
    hold("I6", same, f"{answer.process} was told {told}; stored is {held}")
    owner = same[-1].new["client_id"]
    hold("I6", owner == asked.client_id, f"{answer.process} got another client's record")
    claimant = history.asked_by(history.life(same[-1].generation)[0].process)
    hold("I6", claimant.content == asked.content, f"{answer.process} got another selfie's result")


def _result(write: Write) -> tuple[object, float, float]:
    return write.new["decision"], float(write.new["score"]), float(write.new["threshold"])


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
        asked = history.asked_by(answer.process)
        if asked.key is not None:
            groups.setdefault((asked.client_id, asked.key, asked.content), []).append(answer)
    for group in groups.values():
        for earlier, later in pairwise(group):
            if history.asked_by(later.process).tick > earlier.tick:
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
    standing = history.standing(answer.body["verification_id"], answer.tick)
    claimant = standing and history.asked_by(history.life(standing.generation)[0].process)
    asked = history.asked_by(answer.process)
    hold("I7", claimant and claimant.content != asked.content, f"{answer.process} was the same")


def _touched(history: History, process: str) -> bool:
    wrote = any(write.process == process for write in history.writes)
    return wrote or any(post.process == process for post in history.posts)


def _started(write: Write) -> None:
    new = write.new
    state = (new["status"], new["attempt"], new["version"])
    hold("I9", state == ("processing", 1, 0), f"a record began as {state}")
    if write.old is not None:
        born = datetime.fromisoformat(new["created_at"])
        hold("I9", expired(write.old, born), f"a live {write.old['status']} record was claimed")


def _went_on(write: Write) -> None:
    old, new = write.old, write.new
    if old is None:
        broken("I9", "a life goes on that never began")
    step = (old["status"], new["status"])
    hold("I9", step in _ALLOWED, f"{step[0]} became {step[1]}")
    attempts, versions = new["attempt"] - old["attempt"], new["version"] - old["version"]
    expected = (0, 1) if write.terminal else (1, 0)
    counted = f"{step}: {attempts} attempts, {versions} versions"
    hold("I9", (attempts, versions) == expected, counted)
    for name in ("client_id", "fingerprint", "threshold", "created_at"):
        hold("I9", old[name] == new[name], f"{step}: the claim's {name} changed")


def _follows_from_answer(history: History, write: Write, several: MultipleFaces) -> None:
    post = post_behind(write, history)
    if post.score is None:
        broken("I10", f"completed without a usable answer: {post.outcome}")
    new = write.new
    claim = history.claim_of(post.process)
    same = claim and (claim.generation, claim.new["attempt"]) == (write.generation, new["attempt"])
    hold("I10", same, f"the answer to {post.process} was stored on another claim")
    asked = history.asked_by(post.process)
    sent = (post.content, post.threshold)
    hold("I10", sent == (asked.content.image, asked.content.threshold), "another selfie was sent")
    hold("I10", new["score"] == cut(post.score), f"{new['score']} is not {post.score}")
    expected = decision_of(post.score, post.faces, asked.content.threshold, several)
    decided = (new["decision"], list(new.get("reasons", [])))
    hold("I10", decided == expected, f"{decided} for {post.outcome}, not {expected}")
