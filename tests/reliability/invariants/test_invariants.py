"""Each invariant can fail: histories broken on purpose."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from liveness_gateway.adapters.dynamodb.items import marshal
from tests.doubles.behaviours import BEHAVIOURS, usable
from tests.doubles.telemetry import LogLine
from tests.reliability.history.facts import Write
from tests.reliability.history.history import History
from tests.reliability.invariants.judging import InvariantError
from tests.reliability.invariants.watch import ALWAYS, AT_REST
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import CANARIES, Request, selfie
from tests.reliability.simulation.rest import rest

Break = Callable[[History], History]
LATER = timedelta(days=2)


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


def broken_in(history: History) -> Iterator[str]:
    """The invariants that do not hold."""
    for invariant in (*ALWAYS, *AT_REST):
        try:
            invariant(history)
        except InvariantError as error:
            yield str(error).partition(" ")[0]
        except StopIteration:
            continue  # it asks about what another one misses


def with_(**facts: object) -> Break:
    """These facts in place of all of their kind."""
    return lambda h: replace(h, **facts)  # type: ignore[arg-type]  # as `History` takes them


def change(kind: str, place: int = 0, **values: object) -> Break:
    """One fact of this kind with other values."""

    def changed(history: History) -> History:
        facts = list(getattr(history, kind))
        facts[place] = replace(facts[place], **values)
        return with_(**{kind: facts})(history)

    return changed


def received(**values: Any) -> Break:  # noqa: ANN401 - as `Received` takes them
    """The liveness API received or did something else."""
    return lambda h: change("posts", received=replace(h.posts[0].received, **values))(h)


def writes(choose: Callable[[Write, Write], list[Write]]) -> Break:
    """The claim and the result, changed."""
    return lambda h: replace(h, writes=choose(*h.writes))


def event_says(part: str, **values: object) -> Break:
    """A second event beside the first, with other values in this part."""

    def added(history: History) -> History:
        (event,) = history.accepted
        detail = {**event.detail, part: {**event.detail[part], **values}}
        return replace(history, accepted=[event, replace(event, detail=detail)])

    return added


def second_caller(history: History) -> History:
    claim, result = history.writes
    again = replace(claim, after=claim.after | marshal({"correlation_id": "request-2"}))
    asked = replace(history.posts[0], process="request-2")
    return replace(history, writes=[claim, again, result], posts=[*history.posts, asked])


def asked_below_minimum(history: History) -> History:
    first = history.asked["request-1"]
    low = replace(first, content=replace(first.content, threshold=Decimal("0.4")))
    return replace(history, asked=history.asked | {"request-1": low})


def logged(text: str) -> Break:
    return lambda h: replace(h, lines=[*h.lines, LogLine("a line", 20, {"reason": text})])


def in_base64(canary: bytes) -> str:
    return base64.b64encode(b"x" + canary + b"yz").decode()


ANSWER, POST = good().answers[0], good().posts[0]
BROKEN: list[tuple[str, str, Break]] = [
    ("I1", "no claim", writes(lambda _, result: [result])),
    ("I1", "a late claim", change("writes", tick=99)),
    ("I2", "no result", writes(lambda claim, _: [claim])),
    ("I2", "a kept result lost", with_(kept=['{"verification_id": "x", "status": "unknown"}'])),
    ("I3", "charged twice", with_(posts=[POST] * 2)),
    ("I3", "paid and not billed", event_says("data", billing={"charged": "no", "attempts": 1})),
    ("I3", "billed and not paid", received(doing=BEHAVIOURS["limit"])),
    (
        "I3",
        "fewer attempts than it had",
        event_says("data", billing={"charged": "yes", "attempts": 0}),
    ),
    ("I4", "another event", event_says("data", score=0.5)),
    ("I4", "an event of nothing", writes(lambda claim, _: [claim])),
    ("I5", "no event", with_(accepted=[])),
    ("I5", "two ids", event_says("metadata", id="another")),
    ("I5", "no letter", with_(letters=[])),
    ("I5", "no alarm", with_(counts=good().counts - good().counts)),
    ("I5", "one waits for nothing", change("delivered", again=frozenset({"1"}))),
    ("I6", "answered before it was stored", change("answers", tick=0)),
    ("I6", "another score", change("answers", body={**ANSWER.body, "score": 1.0})),
    ("I6", "another answer", change("answers", 1, body={**ANSWER.body, "note": ""})),
    ("I7", "a conflict that calls", change("posts", process="request-3")),
    ("I7", "a conflict with itself", change("answers", 1, code="idempotency_conflict")),
    ("I8", "two callers", second_caller),
    ("I9", "overwritten", writes(lambda c, end: [c, end, replace(end, before=end.after)])),
    ("I9", "backwards", writes(lambda c, end: [c, end, replace(c, before=end.after)])),
    ("I9", "begins at its end", writes(lambda _, result: [replace(result, before=None)])),
    ("I10", "live after a refusal", received(doing=BEHAVIOURS["limit"])),
    ("I10", "live without a call", with_(posts=[])),
    ("I10", "live below the threshold", received(doing=usable("0.4"))),
    ("I10", "another selfie", received(content=b"another")),
    ("I11", "read too late", change("reads", now=good().reads[0].now + LATER)),
    ("I11", "read by another", change("reads", client_id="x")),
    ("I11", "announced too late", change("accepted", now=good().accepted[0].now + LATER)),
    ("I12", "an image in the log", logged(f"before {CANARIES[0].decode()} after")),
    ("I12", "a key in hexadecimal", logged(CANARIES[1].hex())),
    ("I12", "a key in base64", with_(printed=[in_base64(CANARIES[2])])),
    ("I12", "a key printed", with_(printed=[CANARIES[3].decode()])),
    ("I13", "too slow", change("answers", 1, own_seconds=28.1)),
    ("I13", "never ended", with_(overran=["request-1"])),
    ("I13", "too many calls", with_(posts=[POST] * 5)),
    ("I14", "taken below the minimum", asked_below_minimum),
    ("I14", "a refusal that costs a call", change("answers", code="invalid_threshold")),
]


def test_nothing_is_wrong_with_a_good_history() -> None:
    history = good()
    assert list(broken_in(history)) == []
    assert (len(history.posts), len(history.answers), len(history.accepted)) == (1, 3, 1)


@pytest.mark.parametrize(
    ("invariant", "break_it"),
    [pytest.param(invariant, by, id=f"{invariant} {name}") for invariant, name, by in BROKEN],
)
def test_a_broken_history_is_seen(invariant: str, break_it: Break) -> None:
    assert invariant in broken_in(break_it(good()))
