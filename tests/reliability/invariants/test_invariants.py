"""Each question to a history finds what it asks for: histories broken on purpose."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from liveness_gateway.verifications.model import Status
from tests.reliability.cloud import Cloud
from tests.reliability.history import History, history_of
from tests.reliability.invariants import violations
from tests.reliability.outputs import Outputs
from tests.reliability.recovery import Recovery
from tests.reliability.stage import Stage


@pytest.fixture(scope="module")
def good() -> Iterator[History]:
    """One selfie posted twice: nothing is wrong with it."""
    with Cloud() as cloud, Stage(cloud, Outputs(), 1) as stage:
        body, recovery = stage.form(), Recovery(stage)
        stage.post(body, "the-key")
        stage.post(body, "the-key")
        recovery.run()
        yield history_of(stage, recovery)


def _ended_as(history: History, status: Status) -> History:
    return replace(history, writes=[history.writes[0], replace(history.writes[1], status=status)])


def _event_says(history: History, **data: object) -> History:
    (event,) = history.events
    return replace(history, events=[event | {"data": event["data"] | data}])


def _answer(history: History, place: int, **changes: object) -> History:
    answers = list(history.answers)
    answers[place] = replace(answers[place], **changes)  # type: ignore[arg-type]  # as there
    return replace(history, answers=answers)


def _live_at(history: History, score: str) -> History:
    end = replace(history.writes[1], score=Decimal(score))
    return replace(history, writes=[history.writes[0], end])


def _late_claim(history: History) -> History:
    return replace(history, claims=[(at + timedelta(minutes=1), who) for at, who in history.claims])


def _asked(history: History, outcome: str) -> History:
    return replace(history, requests=[replace(history.requests[0], outcome=outcome)])


_BROKEN: dict[str, tuple[str, Callable[[History], History]]] = {
    "no claim": ("I1", lambda h: replace(h, claims=[])),
    "a late claim": ("I1", _late_claim),
    "no result": ("I2", lambda h: replace(h, writes=h.writes[:1])),
    "a charge denied": ("I2", lambda h: _ended_as(h, Status.FAILED)),
    "no record": ("I2", lambda h: replace(h, writes=[])),
    "charged twice": ("I3", lambda h: replace(h, requests=[*h.requests, *h.requests])),
    "another event": ("I4", lambda h: _event_says(h, score=0.5)),
    "an event of nothing": ("I4", lambda h: replace(h, writes=h.writes[:1])),
    "no event": ("I5", lambda h: replace(h, events=[])),
    "answered before it was stored": ("I6", lambda h: _answer(h, 0, written=1)),
    "another answer": ("I6", lambda h: _answer(h, 0, body={**h.answers[0].body, "score": 1.0})),
    "overwritten": ("I9", lambda h: replace(h, writes=[*h.writes, h.writes[1]])),
    "backwards": ("I9", lambda h: replace(h, writes=[h.writes[0], h.writes[1], h.writes[0]])),
    "begins at its end": ("I9", lambda h: replace(h, writes=h.writes[1:])),
    "live after a refusal": ("I10", lambda h: _asked(h, "limit")),
    "live without a call": ("I10", lambda h: replace(h, requests=[])),
    "live below the threshold": ("I10", lambda h: _live_at(h, "0.4")),
    "too slow": ("I13", lambda h: _answer(h, 1, seconds=28.1)),
    "too many calls": ("I13", lambda h: replace(h, requests=[*h.requests] * 5)),
}


def test_nothing_is_wrong_with_a_good_history(good: History) -> None:
    assert violations(good) == []
    assert (len(good.requests), len(good.answers), len(good.events)) == (1, 2, 1)


@pytest.mark.parametrize("name", _BROKEN)
def test_a_broken_history_is_seen(good: History, name: str) -> None:
    invariant, break_it = _BROKEN[name]
    found = {violation.partition(":")[0] for violation in violations(break_it(good))}
    assert invariant in found
