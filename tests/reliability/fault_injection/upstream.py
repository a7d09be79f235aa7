"""Faults 1 to 7 and 10 to 12: what upstream does to a connection, and which status it gives."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.reliability.recovery import Recovery
from tests.reliability.relay import Relay
from tests.reliability.scenarios import FEW, scenario, wait_until_answered
from tests.reliability.stage import Stage

# The function waits for 2 s of these (it keeps 5 s for itself, as of its real 28).
_IMPATIENT: Final = 7.0
_GARBAGE: Final = (
    "soon", "-1", "1.5", "1e0", "0x1", "", "1;2", "NaN", "99999999999999999999", "\u0661",
    "2 seconds", "one", "+1", "1,1", "\x7f1", "null", "true", "--", "1/1", "0.0",
)  # fmt: skip


def _upstream_does(stage: Stage, outcome: str, **particulars: object) -> None:
    stage.sandbox.set_default(outcome, **particulars)  # type: ignore[arg-type]  # the sandbox checks them
    stage.post_apart()


@scenario(1, "upstream is silent for 60 s", together=True, seconds_left=_IMPATIENT)
def silent(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "silent", seconds=60)


@scenario(2, "nobody listens at upstream's address", seeds=FEW)
def refused(stage: Stage, _: Recovery) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    stage.upstream_url = f"http://127.0.0.1:{port}"
    stage.post()


@scenario(2, "a reset within the request", seeds=FEW)
def reset_within_request(stage: Stage, _: Recovery) -> None:
    with Relay(stage.sandbox.url) as relay:
        relay.reset = True
        stage.upstream_url = relay.url
        stage.post()


@scenario(2, "a reset in place of the status line", seeds=FEW)
def reset_after_request(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "reset_before_status")


@scenario(2, "the connection ends after the request", seeds=FEW)
def cut_after_request(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "cut")


@scenario(3, "half of the promised body", seeds=FEW)
def short_body(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "cut_body")


@scenario(3, "JSON that stops in the middle", seeds=FEW)
def cut_json(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "broken_body")


@scenario(3, "a broken chunk", seeds=FEW)
def broken_chunk(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "broken_chunks")


@scenario(4, "headers at one byte per second", together=True, seconds_left=_IMPATIENT)
def slow_headers(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "drip_headers", interval=1.0)


@scenario(4, "a body at one byte per second", together=True, seconds_left=_IMPATIENT)
def slow_body(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "drip_body", interval=1.0)


@scenario(5, "a burst of 5xx; a failed and a good probe, each after 30 s")
def burst(stage: Stage, _: Recovery) -> None:
    status = stage.random.choice((500, 502, 503, 504, 520))
    stage.sandbox.set_default("server_error", status=status)
    function = stage.verify_function()
    for _request in range(7):
        stage.post(function=function)
    stage.clock.moved += 30
    stage.post(function=function)
    stage.post(function=function)
    stage.clock.moved += 30
    stage.sandbox.set_default("live")
    stage.post(function=function)
    stage.post(function=function)


@scenario(5, "a burst of 5xx, each seen by another environment", seeds=FEW)
def scattered_burst(stage: Stage, _: Recovery) -> None:
    stage.sandbox.set_default("server_error")
    for _request in range(7):
        stage.post()


@scenario(5, "the circuit is open; after 30 s ten environments ask at once")
def one_probe(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "limit")
    stage.sandbox.set_default("live")
    stage.clock.moved += 60
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(10) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = [pool.submit(stage.post) for _ in range(10)]
        wait_until_answered(asked, 9)
        assert relay.wait_for_answers(1, 10)
        relay.release()


@scenario(5, "upstream fails for 2 minutes; two environments ask every 6 s", seeds=1)
def long_trouble(stage: Stage, _: Recovery) -> None:
    stage.sandbox.set_default("server_error")
    functions = [stage.verify_function(), stage.verify_function()]
    for _moment in range(20):
        for function in functions:
            stage.post(function=function)
        stage.clock.moved += 6
    # 5 before it opens, then one probe in 30 s.
    assert len(stage.sandbox.requests) <= 5 + 4


@scenario(6, "429, come back in 1 s", together=True, seeds=FEW)
def later(stage: Stage, _: Recovery) -> None:
    stage.sandbox.next("too_many_requests", retry_after="1")
    stage.post()


@scenario(6, "429 to both calls", together=True)
def later_twice(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "too_many_requests", retry_after=stage.random.choice(("0", "1")))


@scenario(6, "429 with a date that is past")
def past(stage: Stage, _: Recovery) -> None:
    date = f"Wed, 21 Oct 20{stage.random.randint(10, 24)} 07:28:00 GMT"
    _upstream_does(stage, "too_many_requests", retry_after=date)


@scenario(6, "429 with garbage, nothing or an hour in `Retry-After`", seeds=1)
def garbage(stage: Stage, _: Recovery) -> None:
    for retry_after in (*_GARBAGE, None, "3600"):
        _upstream_does(stage, "too_many_requests", retry_after=retry_after)


@scenario(6, "503, come back in 1 s", together=True, seeds=FEW)
def unavailable(stage: Stage, _: Recovery) -> None:
    stage.sandbox.next("unavailable", retry_after="1")
    stage.post()


@scenario(6, "503 with garbage or nothing in `Retry-After`", seeds=1)
def unreadably_unavailable(stage: Stage, _: Recovery) -> None:
    for retry_after in (*_GARBAGE, None):
        _upstream_does(stage, "unavailable", retry_after=retry_after)


@scenario(7, "403, the usage limit; another request, and one after 60 s", seeds=FEW)
def limit(stage: Stage, _: Recovery) -> None:
    function = stage.verify_function()
    stage.sandbox.next("limit")
    stage.post(function=function)
    stage.post(function=function)
    stage.clock.moved += 60
    stage.post(function=function)
    assert stage.counts["limit_reached"] == 1


@scenario(10, "2xx with a page of HTML, `Errors[]`, nothing, or 204", seeds=FEW)
def no_answer(stage: Stage, _: Recovery) -> None:
    for outcome in ("html", "errors_in_200", "empty", "no_content"):
        _upstream_does(stage, outcome)


@scenario(11, "an answer of 20 MB", seeds=3)
def large_body(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "huge_body")


@scenario(11, "1 MB of headers, in many and in one", seeds=3)
def large_headers(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "huge_headers")
    _upstream_does(stage, "live", headers={"X-Long": "p" * 1024 * 1024})


@scenario(12, "301, 302, 307 and 308 to another address", seeds=FEW)
def redirects(stage: Stage, _: Recovery) -> None:
    for status in (301, 302, 307, 308):
        _upstream_does(stage, "redirect", status=status)
    assert not stage.sandbox.canary_visits
