"""Faults 1 to 7 and 10 to 12: what upstream does to a connection, and what it answers."""

from tests.reliability.recovery import Recovery
from tests.reliability.relay import Relay
from tests.reliability.scenarios import scenario
from tests.reliability.stage import Stage

# The function waits for 2 s of these (it keeps 5 s for itself, as of its real 28).
_IMPATIENT = 7.0


def _upstream_does(stage: Stage, outcome: str, **particulars: object) -> None:
    stage.sandbox.set_default(outcome, **particulars)  # type: ignore[arg-type]  # the sandbox checks them
    stage.post()


@scenario(1, "upstream is silent for 60 s", together=True, seconds_left=_IMPATIENT)
def silent(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "silent", seconds=60)


@scenario(2, "the connection is reset at once", together=True)
def reset_at_once(stage: Stage, _: Recovery) -> None:
    with Relay(stage.sandbox.url) as relay:
        relay.reset_at_once = True
        stage.upstream_url = relay.url
        stage.post()


@scenario(2, "the connection is reset after the request")
def reset_after_request(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "reset_before_status")


@scenario(2, "the connection ends after the request")
def cut_after_request(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "cut")


@scenario(3, "half of the promised body")
def short_body(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "cut_body")


@scenario(3, "JSON that stops in the middle")
def cut_json(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "broken_body")


@scenario(3, "a broken chunk")
def broken_chunk(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "broken_chunks")


@scenario(4, "headers at one byte per second", together=True, seconds_left=_IMPATIENT)
def slow_headers(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "drip_headers", interval=1.0)


@scenario(4, "a body at one byte per second", together=True, seconds_left=_IMPATIENT)
def slow_body(stage: Stage, _: Recovery) -> None:
    _upstream_does(stage, "drip_body", interval=1.0)
