"""Each question to a history finds what it asks for: histories broken on purpose."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from liveness_gateway.adapters.dynamodb.items import marshal
from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.telemetry import LogLine
from tests.reliability.history.facts import Answered, Write
from tests.reliability.history.history import History
from tests.reliability.invariants import always, answers, at_rest
from tests.reliability.invariants.judging import InvariantError
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request, selfie
from tests.reliability.simulation.rest import CANARIES, rest
from tests.world import SETTINGS

Break = Callable[[History], History]
_LATER = timedelta(days=2)


@cache
def good() -> History:
    """One selfie twice, another under its key, one that is read, one that nobody can read."""
    gateway = Gateway()
    gateway.ask(Request()).run()
    gateway.ask(Request()).run()
    gateway.ask(Request(image=selfie(b"of another"))).run()
    gateway.read(str(gateway.record()["verification_id"]), "client-1")
    gateway.poison()
    rest(gateway)
    return gateway.history


def broken_by(history: History) -> Iterator[str]:
    """The invariants that do not hold."""
    now = max(write.now for write in good().writes)
    history.canaries[:] = [one for canary in CANARIES for one in always.renderings(canary)]
    seen = [0] * len(history.outputs())
    checks: list[Callable[[], None]] = [
        lambda: always.i1_claim_precedes_call(history),
        lambda: at_rest.i2_every_call_ends(history, now),
        lambda: at_rest.i2_every_kept_result_is_stored(history, []),
        lambda: always.i3_at_most_one_charge(history),
        lambda: always.i4_event_is_stored(history),
        lambda: at_rest.i5_every_version_is_announced(history),
        lambda: at_rest.i5_nothing_waits(history),
        lambda: answers.i6_answer_is_stored(history),
        lambda: answers.i7_conflict_touches_nothing(history),
        lambda: at_rest.i8_one_call_per_attempt(history),
        lambda: always.i9_only_allowed_transitions(history),
        lambda: always.i10_fail_closed(history, MultipleFaces.INCONCLUSIVE),
        lambda: at_rest.i11_nothing_after_expiry(history),
        lambda: always.i12_nothing_leaks(history, seen),
        lambda: at_rest.i13_in_time(history),
        lambda: at_rest.i14_refused_input_costs_nothing(history, SETTINGS.minimum_threshold),
    ]
    for check in checks:
        try:
            check()
        except InvariantError as error:
            yield str(error).partition(" ")[0]
        except StopIteration:
            continue  # it asks about what another one misses


def write(of: Write, **values: object) -> Write:
    """This write with other values."""
    return replace(of, after=of.after | marshal(values))


def writes(change: Callable[[Write, Write], list[Write]]) -> Break:
    """The claim and the result, changed."""
    return lambda h: replace(h, writes=change(*h.writes))


def answer(place: int, **changes: Any) -> Break:  # noqa: ANN401 - as `Answered` takes them
    def change(history: History) -> History:
        answers: list[Answered] = list(history.answers)
        answers[place] = replace(answers[place], **changes)
        return replace(history, answers=answers)

    return change


def event_says(**data: object) -> Break:
    def change(history: History) -> History:
        (event,) = history.accepted
        detail = {**event.detail, "data": {**event.detail["data"], **data}}
        return replace(history, accepted=[replace(event, detail=detail)])

    return change


def second_id(history: History) -> History:
    (event,) = history.accepted
    metadata = {**event.detail["metadata"], "id": "another"}
    other = replace(event, detail={**event.detail, "metadata": metadata})
    return replace(history, accepted=[event, other])


def post(**changes: Any) -> Break:  # noqa: ANN401 - as `Post` takes them
    return lambda h: replace(h, posts=[replace(h.posts[0], **changes)])


def second_caller(history: History) -> History:
    claim, result = history.writes
    again = write(claim, correlation_id="request-2")
    asked = replace(history.posts[0], process="request-2")
    return replace(history, writes=[claim, again, result], posts=[*history.posts, asked])


def asked_below_minimum(history: History) -> History:
    content = replace(history.asked[0].content, threshold=Decimal("0.4"))
    first = replace(history.asked[0], content=content)
    return replace(history, asked=[first, *history.asked[1:]])


def logged(text: str) -> Break:
    return lambda h: replace(h, lines=[*h.lines, LogLine("a line", 20, {"reason": text})])


BROKEN: dict[str, tuple[str, Break]] = {
    "no claim": ("I1", writes(lambda _, result: [result])),
    "a late claim": ("I1", writes(lambda claim, result: [replace(claim, tick=99), result])),
    "no result": ("I2", writes(lambda claim, _: [claim])),
    "a kept result thrown away": (
        "I2",
        lambda h: replace(h, kept=['{"verification_id": "x", "status": "unknown"}']),
    ),
    "charged twice": ("I3", lambda h: replace(h, posts=[*h.posts, *h.posts])),
    "another event": ("I4", event_says(score=0.5)),
    "an event of nothing": ("I4", writes(lambda claim, _: [claim])),
    "no event": ("I5", lambda h: replace(h, accepted=[])),
    "two ids": ("I5", second_id),
    "no letter": ("I5", lambda h: replace(h, letters=[])),
    "no alarm": ("I5", lambda h: replace(h, counts=h.counts - h.counts)),
    "one waits for nothing": (
        "I5",
        lambda h: replace(h, delivered=[replace(h.delivered[0], again=frozenset({"1"}))]),
    ),
    "answered before it was stored": ("I6", answer(0, tick=0)),
    "another score": ("I6", answer(0, body={**good().answers[0].body, "score": 1.0})),
    "another answer": ("I6", answer(1, body={**good().answers[0].body, "note": ""})),
    "a conflict that calls": ("I7", post(process="request-3")),
    "a conflict with itself": ("I7", answer(1, code="idempotency_conflict")),
    "two callers": ("I8", second_caller),
    "overwritten": (
        "I9",
        writes(lambda claim, result: [claim, result, replace(result, before=result.after)]),
    ),
    "backwards": (
        "I9",
        writes(lambda claim, result: [claim, result, replace(claim, before=result.after)]),
    ),
    "begins at its end": ("I9", writes(lambda _, result: [replace(result, before=None)])),
    "live after a refusal": ("I10", post(score=None)),
    "live without a call": ("I10", lambda h: replace(h, posts=[])),
    "live below the threshold": ("I10", post(score=Decimal("0.4"))),
    "another selfie": ("I10", post(content=b"another")),
    "read too late": (
        "I11",
        lambda h: replace(h, reads=[replace(h.reads[0], now=h.reads[0].now + _LATER)]),
    ),
    "read by another": ("I11", lambda h: replace(h, reads=[replace(h.reads[0], client_id="x")])),
    "announced too late": (
        "I11",
        lambda h: replace(h, accepted=[replace(h.accepted[0], now=h.accepted[0].now + _LATER)]),
    ),
    "an image in the log": ("I12", logged(f"before {CANARIES[0].decode()} after")),
    "a key in hexadecimal": ("I12", logged(CANARIES[1].hex())),
    "a key in base64": ("I12", lambda h: replace(h, printed=[in_base64(CANARIES[2])])),
    "a key printed": ("I12", lambda h: replace(h, printed=[CANARIES[3].decode()])),
    "too slow": ("I13", answer(1, own_seconds=28.1)),
    "never ended": ("I13", lambda h: replace(h, overran=["request-1"])),
    "too many calls": ("I13", lambda h: replace(h, posts=[*h.posts] * 5)),
    "taken below the minimum": ("I14", asked_below_minimum),
    "a refusal that costs a call": ("I14", answer(0, code="invalid_threshold")),
}


def in_base64(canary: bytes) -> str:
    return base64.b64encode(b"x" + canary + b"yz").decode()


def test_nothing_is_wrong_with_a_good_history() -> None:
    history = good()
    assert list(broken_by(history)) == []
    assert (len(history.posts), len(history.answers), len(history.accepted)) == (1, 3, 1)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_history_is_seen(name: str) -> None:
    invariant, break_it = BROKEN[name]
    assert invariant in broken_by(break_it(good()))
