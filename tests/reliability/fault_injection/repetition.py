"""Faults 23 and 24: the same thing arrives twice, or fifty times at once."""

from concurrent.futures import ThreadPoolExecutor

from tests.adapters.aws_endpoint import SERVER_ERROR
from tests.reliability.cloud import stream_of
from tests.reliability.recovery import Recovery, terminal
from tests.reliability.relay import Relay
from tests.reliability.scenarios import FEW, scenario, wait_until_answered
from tests.reliability.stage import Stage

_CROWD = 50


@scenario(23, "the same request again, and then another under its key")
def repeated(stage: Stage, _: Recovery) -> None:
    body = stage.form()
    stage.post(body, "the-key")
    stage.post(body, "the-key")
    written = len(stream_of(stage.table))
    stage.post(stage.form(), "the-key")
    assert len(stream_of(stage.table)) == written  # I7: nothing is written for it


@scenario(23, "the same request again after an answer that was lost", seeds=FEW)
def repeated_unknown(stage: Stage, _: Recovery) -> None:
    body = stage.form()
    stage.sandbox.next("cut")
    stage.post(body, "the-key")
    stage.post(body, "the-key")


@scenario(23, "the same batch of the stream again", seeds=FEW)
def batch_again(stage: Stage, recovery: Recovery) -> None:
    stage.post()
    stage.post()
    recovery.skip()
    batch = terminal(stream_of(stage.table))
    for _delivery in range(3):
        assert recovery.publish(batch) == []


@scenario(
    23, "the same message of the emergency queue again", together=True, seconds_left=7.0, seeds=FEW
)
def message_again(stage: Stage, recovery: Recovery) -> None:
    stage.fail_always("UpdateItem", SERVER_ERROR)
    stage.post()
    stage.mend()
    assert recovery.store_kept(again=3) == 1


@scenario(24, f"{_CROWD} identical requests at once")
def crowd(stage: Stage, _: Recovery) -> None:
    _at_once(stage, _CROWD)


@scenario(24, "6 identical requests at once")
def small_crowd(stage: Stage, _: Recovery) -> None:
    _at_once(stage, 6)


def _at_once(stage: Stage, count: int) -> None:
    """Upstream's answer waits until all the others were answered: they all met a running one."""
    body = stage.form()
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(count) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = [pool.submit(stage.post, body, "the-key") for _ in range(count)]
        wait_until_answered(asked, count - 1)
        assert relay.wait_for_answers(1, 20)
        relay.release()
    assert len(stage.sandbox.requests) == 1  # I8
