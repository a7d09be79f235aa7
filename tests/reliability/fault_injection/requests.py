"""Faults 31 to 36: what one request, one message or one entry provokes stays with it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import cycle
from typing import Final

from liveness_gateway.verifications.model import MultipleFaces
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.forgery import NONSENSE, forged
from tests.reliability.simulation.rest import mend

# A picture that upstream does not take, or something in between that dislikes it.
_REFUSED: Final = (
    "bad request", "invalid image", "face corrupt", "blocked by a firewall",
    "too large for a proxy", "a type no proxy takes", "not to be processed", "html",
)  # fmt: skip
_NO_FACE: Final = ("no face", "no face, by null", "no face, by error", "no face, by status")
_SEVERAL: Final = ("two faces", "two faces without a score", "crowd")


@scenario(31, "20 pictures are refused in 8 ways, others are between them; then 5 outages")
def refused_pictures(stage: Stage) -> None:
    for number, refusal in zip(range(20), cycle(_REFUSED), strict=False):
        stage.post_warm(refusal)
        stage.post_warm()
        assert stage.last.status == 201, f"others are refused after {number + 1}"
    stage.clock.advance(31)
    for _outage in range(5):
        stage.post_warm("broken")
    stage.post_warm()
    assert stage.history.counts["breaker_opened"] == 1
    assert stage.codes()[-1] == "upstream_unavailable"


@scenario(31, "the probe of an open circuit meets a picture that is refused")
def refused_probe(stage: Stage) -> None:
    for _outage in range(5):
        stage.post_warm("broken")
    stage.post_warm("blocked by a firewall", after=30)
    stage.post_warm()
    assert stage.last.status == 201


@scenario(32, "no face, said in 4 ways; several faces, said in 3; each 6 times")
def faces(stage: Stage) -> None:
    for answer in (*_NO_FACE, *_SEVERAL) * 6:
        stage.post_warm(answer)
        assert stage.last.body["decision"] == "inconclusive"
    stage.post_warm()
    assert stage.history.counts["breaker_opened"] == 0


def _bring(stage: Stage, bodies: Iterable[str]) -> int:
    """Put these into the emergency queue; how many messages `recover` then stored."""
    held = stage.emergency.messages
    held.update({f"foreign-{number}": body for number, body in enumerate(bodies)})
    return int(stage.recover(list(held)).run())


@scenario(33, "messages of somebody else lie among 3 kept results")
def poisoned_queue(stage: Stage) -> None:
    stage.fail(["table.update"], "failed")
    for _kept in range(3):
        stage.post()
    mend(stage)
    stage.emergency.messages = dict(
        [("foreign", "[]"), *stage.emergency.messages.items()]  # the bad one comes first
    )
    assert _bring(stage, NONSENSE) == 3
    assert stage.history.counts["result_recovered"] == 3


@scenario(33, "an overdue entry that cannot be read lies among 3")
def poisoned_index(stage: Stage) -> None:
    for _held in range(3):
        stage.post_and_hold().kill()
    first = min(stage.table.items)
    spoilt = {**stage.table.items[first], "verification_id": {"S": "0"}}
    spoilt |= {"sweep_shard": {"S": "0"}, "attempt": {"S": "first"}}
    stage.table.items["0"] = spoilt
    stage.table.catch_up()
    stage.clock.advance(61)
    assert stage.sweep().run() == 3
    assert stage.history.counts["overdue_unreadable"] == 1
    del stage.table.items["0"]


@scenario(34, "forged messages for a verification that runs")
def forged_results(stage: Stage) -> None:
    running = stage.post_and_hold()
    lies = forged(stage.record())
    assert _bring(stage, lies) == 0
    assert len(stage.emergency.messages) == len(lies)
    running.run()
    assert stage.last.status == 201


@scenario(34, "a kept refusal that the next attempt has overtaken")
def overtaken(stage: Stage) -> None:
    request = stage.request("the-key", *["refused connection"] * 2)
    stage.fail(["table.update"], "lost")
    stage.send(request)
    mend(stage)
    stage.send(replace(request, behaviours=()))
    assert stage.last.status == 201
    assert stage.kept() == len(stage.emergency.sent)
    assert stage.history.counts["result_overtaken"] == len(stage.emergency.sent) == 1


@scenario(35, "one event without an Idempotency-Key is delivered three times")
def delivered_again(stage: Stage) -> None:
    request = replace(stage.request(), key=None)
    stage.send(request)
    (first,) = stage.history.asked
    for _delivery in range(2):
        stage.send(replace(request, event_id=first))
    assert len(stage.api.received) == 1
    assert {answer.status for answer in stage.history.answers} == {201}


_CHANGED: Final = (
    {"default_threshold": Decimal("0.9")},
    {"minimum_threshold": Decimal("0.95"), "default_threshold": Decimal(1)},
    {"minimum_side": 4_000},
    {"minimum_side": 0, "maximum_side": 20},
    {"multiple_faces": MultipleFaces.SCORE},
)


@scenario(35, "the stage's settings change between two equal requests")
def settings_change(stage: Stage) -> None:
    request = replace(stage.request("the-key"), threshold=None, body=None)
    stage.send(request)
    told = json.dumps(stage.last.body)
    for changed in _CHANGED:
        stage.redeploy(**changed)
        stage.send(request)
        assert json.dumps(stage.last.body) == told
    assert len(stage.api.received) == 1


_TWO_CALLS: Final = (
    {"client_calls_per_day": 2},
    {"client_calls_per_month": 2},
    {"client_calls_per_day": 2, "client_calls_per_month": 3},
)


@scenario(36, "three requests of a client that has two calls a day", runs=CHANCE)
def used_up(stage: Stage) -> None:
    stage.redeploy(**stage.random.choice(_TWO_CALLS))
    for _request in range(3):
        stage.post()
    assert len(stage.api.received) == 2


@scenario(36, "eight requests at once of a client that has two calls a day")
def used_up_at_once(stage: Stage) -> None:
    stage.redeploy(client_calls_per_day=2)
    waiting = [stage.begin(stage.request(None)) for _request in range(8)]
    while waiting:
        stage.random.choice(waiting).step(1)
        waiting = [each for each in waiting if not each.ended]
    assert len(stage.api.received) == 2


@scenario(36, "the table of the budgets throttles, fails or loses its answer", runs=CHANCE)
def uncounted(stage: Stage) -> None:
    stage.redeploy(client_calls_per_day=2)
    stage.fail(["budget.update"], stage.random.choice(("throttled", "failed", "lost")))
    stage.post()
    assert len(stage.api.received) == 0
