"""The invariants that hold at every moment: I1, I3, I4, I9, I10, I12 (docs/design.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tests.reliability.history.facts import Accepted, Write, expired
from tests.reliability.history.history import History
from tests.reliability.invariants.judging import (
    broken,
    cut,
    decision_of,
    effective,
    hold,
    post_behind,
    shown,
)

_ALLOWED: Final = frozenset(
    {
        ("processing", "completed"), ("processing", "failed"), ("processing", "unknown"),
        ("failed", "processing"), ("unknown", "completed"), ("unknown", "failed"),
    }
)  # fmt: skip
_ANNOUNCED: Final = (
    "verification_id", "status", "reasons", "threshold", "decision", "score", "subject_ref",
    "problem_code",
)  # fmt: skip
_DETAIL_TYPES: Final = {
    "completed": "LivenessVerificationCompleted",
    "failed": "LivenessVerificationFailed",
    "unknown": "LivenessVerificationUnknown",
}


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
        if post.doing.charged:
            charged[life] = f"{post.process} ({post.received.name})"


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


def i9_only_allowed_transitions(history: History) -> None:
    """I9: only the design's transitions, each one version or attempt on; never from `completed`."""
    for write in history.writes:
        if write.starts_life:
            _started(write)
        else:
            _went_on(write)


def i10_fail_closed(history: History) -> None:
    """I10: a decision is what the liveness API's own answer to this very claim makes it (R12)."""
    for write in history.writes:
        if write.new["status"] == "completed":
            _follows_from_answer(history, write)
        else:
            hold("I10", "decision" not in write.new, f"{write.new['status']} with a decision")
            hold("I10", "score" not in write.new, f"{write.new['status']} with a score")


def i12_nothing_leaks(history: History) -> None:
    """I12: no secret and no byte of an image in anything that leaves or stays.

    Each output is searched from where the last search ended.
    """
    outputs = history.outputs()
    new = [one for output, at in zip(outputs, history.searched, strict=True) for one in output[at:]]
    history.searched = [len(output) for output in outputs]
    if new:
        text = repr(new)
        for canary in history.canaries:
            hold("I12", canary not in text, f"a canary in {text[:80]}")


def _same_content(event: Accepted, stored: Mapping[str, Any]) -> None:
    data, metadata = event.detail["data"], event.detail["metadata"]
    hold("I4", event.detail_type == _DETAIL_TYPES[stored["status"]], event.detail_type)
    score, threshold = stored.get("score"), stored["threshold"]
    numbers = {
        "score": None if score is None else shown(score, threshold),
        "threshold": float(threshold),
    }
    expected = {**stored, **numbers, "reasons": list(stored.get("reasons", []))}
    for name in _ANNOUNCED:
        same = data.get(name) == expected.get(name)
        hold("I4", same, f"the event's {name} is not the stored one")
    for name in ("client_id", "correlation_id"):
        hold("I4", metadata[name] == stored[name], f"the event's {name} is not the stored one")


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


def _follows_from_answer(history: History, write: Write) -> None:
    post = post_behind(write, history)
    score, faces = post.doing.score, post.doing.faces
    if not post.doing.usable:
        broken("I10", f"completed without a usable answer: {post.received.name}")
    new = write.new
    claim = history.claim_of(post.process)
    same = claim and (claim.generation, claim.new["attempt"]) == (write.generation, new["attempt"])
    hold("I10", same, f"the answer to {post.process} was stored on another claim")
    asked = history.asked[post.process]
    threshold = effective(asked.content)
    sent = (post.received.content, post.received.threshold)
    hold("I10", sent == (asked.content.image, threshold), "another selfie was sent")
    stored = None if score is None else cut(score)
    hold("I10", new.get("score") == stored, f"{new.get('score')} is not {score}")
    expected = decision_of(score, faces, threshold, history.several_faces)
    decided = (new["decision"], list(new.get("reasons", [])))
    hold("I10", decided == expected, f"{decided} for {post.received.name}, not {expected}")
