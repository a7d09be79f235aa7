"""Faults 1 to 12: what upstream does to a connection, and what it answers.

What a connection does is scripted in the words of `HttpTransport`. What it says for which behaviour
of a socket is shown in `tests/adapters/upstream`:

| here | on a socket |
| --- | --- |
| silent for 60 s; one byte per second | `test_transport_deadline`: the deadline ends a call ... |
| refused connection | `test_transport_unsent`: a refused connection sent nothing |
| a reset within the request, or in place of the status line | `test_transport_faults`: a reset |
| an end, half a body, a broken chunk | the same: a broken answer is lost |
| 20 MB; 1 MB of headers, in many or in one | the same: a huge chunk; many headers; a long line |
| redirects | `test_transport`: a redirect is not followed |
| a `Retry-After` no log could hold | `test_transport`: a header is kept where a log can hold it |

The bodies of faults 8 and 9 are those that the dialects' own tests are about.
"""

import json
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

from tests.answers import BODIES, DRIFTED
from tests.doubles.behaviours import BEHAVIOURS, Behaviour, refused, says, usable
from tests.doubles.liveness_api import ScriptedOutcome
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import ASKED, Stage

_GARBAGE: Final = (
    "soon", "-1", "1.5", "1e0", "0x1", "", "1;2", "NaN", "99999999999999999999", "\u0661",
    "2 seconds", "one", "+1", "1,1", "\x7f1", "null", "true", "--", "1/1", "0.0",
)  # fmt: skip
_LOST: Final = BEHAVIOURS["reset"]
_JSON: Final = usable("0.9998").body
_ERRORS: Final = b'{"Errors": [{"Message": "Something went wrong", "ErrCode": 5000}]}'
_HTML: Final = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"


def _always(number: int, fault: str, script: ScriptedOutcome) -> None:
    """Register the scenario of a post to an upstream that does this, however often it is asked."""

    @scenario(number, fault)
    def act(stage: Stage) -> None:
        stage.api.standard = script
        stage.post()


def _once(number: int, fault: str, script: ScriptedOutcome) -> None:
    """Register the scenario of a post to an upstream that does this, and then is live."""

    @scenario(number, fault)
    def act(stage: Stage) -> None:
        stage.post(script)


def _each(number: int, fault: str, *scripts: ScriptedOutcome) -> None:
    """Register the scenario of one post to each of these, when what was before is forgotten."""

    @scenario(number, fault)
    def act(stage: Stage) -> None:
        for script in scripts:
            stage.post_apart(script)


_always(1, "upstream is silent for 60 s", "silent")
_always(2, "upstream's port is closed", "refused connection")
_always(2, "a reset within the request", "reset within the request")
_always(2, "a reset in place of the status line", _LOST)
_always(2, "the connection ends after the request", _LOST)
_always(3, "half of the promised body", "cut")
_always(3, "JSON that stops in the middle", says(_JSON[: len(_JSON) * 2 // 3]))
_always(3, "a broken chunk", "broken chunk")
_always(4, "headers at one byte per second", "silent")
_always(4, "a body at one byte per second", "silent")


@scenario(5, "a burst of 5xx; a failed and a good probe, each after 30 s", runs=CHANCE)
def burst(stage: Stage) -> None:
    stage.api.standard = says(b"", stage.random.choice((500, 502, 503, 504, 520)))
    stage.post_warm(count=7)
    stage.post_warm(count=2, after=30)
    stage.api.standard = "live"
    stage.post_warm(count=2, after=30)


@scenario(5, "a burst of 5xx, each seen by another environment")
def scattered_burst(stage: Stage) -> None:
    stage.api.standard = "broken"
    for _request in range(7):
        stage.post()


@scenario(5, "the circuit is open; after 30 s ten environments ask at once", runs=CHANCE)
def one_probe(stage: Stage) -> None:
    stage.post("limit")
    stage.clock.advance(60)
    asking = [stage.begin(stage.request()) for _ in range(10)]
    probe = asking.pop(stage.random.randrange(10))
    probe.hold_at(*ASKED)
    for process in asking:
        process.run()
    probe.run()


@scenario(5, "upstream fails for 2 minutes; two environments ask every 6 s")
def long_trouble(stage: Stage) -> None:
    stage.api.standard = "broken"
    environments = [stage.environment(), stage.environment()]
    for _moment in range(20):
        for environment in environments:
            stage.post(on=environment)
        stage.clock.advance(6)
    # 5 before it opens, then one probe in 30 s.
    assert len(stage.api.received) == 5 + 3


_once(6, "429, come back in 1 s", refused(429, "1"))


@scenario(6, "429 to both calls", runs=CHANCE)
def later_twice(stage: Stage) -> None:
    stage.api.standard = refused(429, stage.random.choice(("0", "1")))
    stage.post()


@scenario(6, "429 with a date that is past", runs=CHANCE)
def past(stage: Stage) -> None:
    stage.post(refused(429, f"Wed, 21 Oct 20{stage.random.randint(10, 24)} 07:28:00 GMT"))


_GARBAGE_OR_LONG: Final = "429 with garbage, nothing or an hour in `Retry-After`"
_each(6, _GARBAGE_OR_LONG, *(refused(429, said) for said in (*_GARBAGE, None, "3600")))
_once(6, "503, come back in 1 s", refused(503, "1"))


def _unreadably_unavailable(said: str | None) -> Behaviour:
    """Whether it charged depends on whether it says when to come back."""
    certain = said is not None and said.isdecimal() and said.isascii()
    return Behaviour(status=503, retry_after=said, charged=not certain)


_UNREADABLE: Final = "503 with garbage or nothing in `Retry-After`"
_each(6, _UNREADABLE, *map(_unreadably_unavailable, (*_GARBAGE, None)))


@scenario(7, "403, the usage limit; another request, and one after 60 s")
def limit(stage: Stage) -> None:
    stage.post_warm("limit")
    stage.post_warm()
    stage.post_warm(after=60)
    assert stage.history.counts["limit_reached"] == 1


_NO_ANSWER: Final = (says(_HTML), says(_ERRORS), says(b""), says(b"", 204))
_each(10, "2xx with a page of HTML, `Errors[]`, nothing, or 204", *_NO_ANSWER)
_always(11, "an answer of 20 MB", "too large")
_each(11, "1 MB of headers, in many and in one", "broken chunk", "broken chunk")
_MOVED: Final = tuple(replace(BEHAVIOURS["moved"], status=n) for n in (301, 302, 307, 308))
_each(12, "301, 302, 307 and 308 to another address", *_MOVED)


_EACH: Final = 5
_GOOD: Final = usable("0.9998", shape=', "img": {"height": 96, "width": 96}')
# What the documents disagree on, in the words of each.
_DOCUMENTED: Final = (
    (b'"api_req_uid"', b'"api_req_uuid"'),
    (b'"img": {"height": 96, "width": 96}', b'"img_height": 96, "img_width": 96'),
    (b'"response_code": 2', b'"response_code": 0'),
    (b'"response_code": 2', b'"Errors": []'),
    (b'"requested_at": "2025-06-01T12:00:00.1", ', b""),
)
_ANYTHING: Final[tuple[object, ...]] = (
    None, True, 0, -1, 1.5, "", "text", [], {}, [1, {"a": None}], "\u0000", 2**70,
)  # fmt: skip


@scenario(8, f"{_EACH} bodies that are no usable JSON", runs=CHANCE)
def unreadable(stage: Stage) -> None:
    bodies = sorted(body for body in BODIES.values() if b"Errors" not in body)
    for body in stage.random.sample(bodies, _EACH):
        stage.post_apart(says(body))


@scenario(8, "a good answer behind a byte order mark")
def byte_order_mark(stage: Stage) -> None:
    stage.post(replace(_GOOD, body=b"\xef\xbb\xbf" + _GOOD.body))


@scenario(8, "a good score of 10,000 digits")
def many_digits(stage: Stage) -> None:
    stage.post(usable("0." + "9" * 10_000))


@scenario(9, f"{_EACH} answers with fields renamed, dropped, retyped or wrapped", runs=CHANCE)
def drifted(stage: Stage) -> None:
    for whole in stage.random.sample(list(DRIFTED.values()), _EACH):
        stage.post_apart(says(json.dumps(whole).encode()))


@scenario(
    9,
    f"{_EACH} answers as all documents allow them, and with extra fields by the hundred",
    runs=CHANCE,
)
def documented(stage: Stage) -> None:
    for _answer in range(_EACH):
        stage.post_apart(_as_documented(stage.random))


def _as_documented(random: Random) -> Behaviour:
    """An answer that says the same in other documented words, and much more."""
    body = _GOOD.body
    for words in random.sample(_DOCUMENTED, random.randint(0, len(_DOCUMENTED))):
        body = body.replace(*words)
    answer = json.loads(body, parse_float=Decimal)
    data = answer["response_data"]
    holder = random.choice((answer, data, data["faces_predicted"][0]))
    holder |= {f"extra_{number}": random.choice(_ANYTHING) for number in range(100)}
    return replace(_GOOD, body=json.dumps(answer, default=float).encode())
