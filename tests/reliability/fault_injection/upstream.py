"""Faults 1 to 7 and 10 to 12: what upstream does to a connection, and which status it gives.

What a connection does is scripted in the words of `HttpTransport`. What it says for which behaviour
of a socket is shown in `tests/adapters/upstream`:

| here | on a socket |
| --- | --- |
| silent for 60 s; one byte per second | `test_transport_deadline`: the deadline ends a call ... |
| refused connection | `test_transport_unsent`: a refused connection sent nothing |
| a reset within the request | `test_transport_resets` |
| a reset, an end, half a body, a broken chunk | `test_transport_faults`: an answer ... is lost |
| 20 MB; 1 MB of headers, in many or in one | the same, and a broken answer is lost: a long line |
| redirects | `test_transport`: a redirect is not followed |
| a `Retry-After` no log could hold | `test_transport`: a header is kept where a log can hold it |
"""

from dataclasses import replace
from typing import Final

from tests.doubles.behaviours import BEHAVIOURS, Behaviour, refused, says, usable
from tests.doubles.liveness_api import Script
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


def _always(number: int, fault: str, script: Script) -> None:
    """Register the scenario of a post to an upstream that does this, however often it is asked."""

    @scenario(number, fault)
    def act(stage: Stage) -> None:
        stage.api.standard = script
        stage.post()


def _once(number: int, fault: str, script: Script) -> None:
    """Register the scenario of a post to an upstream that does this, and then is live."""

    @scenario(number, fault)
    def act(stage: Stage) -> None:
        stage.post(script)


_always(1, "upstream is silent for 60 s", "silent")
_always(2, "nobody listens at upstream's address", "refused connection")
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
    environment = stage.environment()
    for _request in range(7):
        stage.post(on=environment)
    stage.clock.advance(30)
    stage.post(on=environment)
    stage.post(on=environment)
    stage.clock.advance(30)
    stage.api.standard = "live"
    stage.post(on=environment)
    stage.post(on=environment)


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


@scenario(6, "429 with garbage, nothing or an hour in `Retry-After`")
def garbage(stage: Stage) -> None:
    for retry_after in (*_GARBAGE, None, "3600"):
        stage.post_apart(refused(429, retry_after))


_once(6, "503, come back in 1 s", refused(503, "1"))


@scenario(6, "503 with garbage or nothing in `Retry-After`")
def unreadably_unavailable(stage: Stage) -> None:
    for retry_after in (*_GARBAGE, None):
        # Whether it charged depends on whether it says when to come back.
        certain = retry_after is not None and retry_after.isdecimal() and retry_after.isascii()
        doing = Behaviour(status=503, retry_after=retry_after, charged=not certain)
        stage.post_apart(doing)


@scenario(7, "403, the usage limit; another request, and one after 60 s")
def limit(stage: Stage) -> None:
    environment = stage.environment()
    stage.post("limit", on=environment)
    stage.post(on=environment)
    stage.clock.advance(60)
    stage.post(on=environment)
    assert stage.history.counts["limit_reached"] == 1


@scenario(10, "2xx with a page of HTML, `Errors[]`, nothing, or 204")
def no_answer(stage: Stage) -> None:
    for answer in (says(_HTML), says(_ERRORS), says(b""), says(b"", 204)):
        stage.post_apart(answer)


_always(11, "an answer of 20 MB", "too large")


@scenario(11, "1 MB of headers, in many and in one")
def large_headers(stage: Stage) -> None:
    for _form in ("many", "one"):
        stage.post_apart("broken chunk")


@scenario(12, "301, 302, 307 and 308 to another address")
def redirects(stage: Stage) -> None:
    for status in (301, 302, 307, 308):
        stage.post_apart(replace(BEHAVIOURS["moved"], status=status))
