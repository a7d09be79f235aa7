"""Faults 17 to 20, 28 and 29: the table of verifications, and that of the circuit breaker."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.adapters.aws_endpoint import CUT, DENIED, HANGS, LOST, SERVER_ERROR
from tests.reliability.cloud import THROTTLED_TABLE
from tests.reliability.recovery import Recovery
from tests.reliability.relay import Relay
from tests.reliability.scenarios import FEW, scenario, wait_until_answered
from tests.reliability.stage import Stage

_DOWN: Final = (SERVER_ERROR, DENIED, CUT, THROTTLED_TABLE)
# The result is offered to the table for as long as upstream had time to answer, and 1.5 s more.
_SHORT: Final = 7.0
_DAY: Final = 24 * 3600.0


@scenario(17, "the tables throttle 2 of 3 calls", together=True)
def throttled(stage: Stage, _: Recovery) -> None:
    for operation in ("PutItem", "UpdateItem", "GetItem"):
        for _triple in range(4):
            three = [THROTTLED_TABLE, THROTTLED_TABLE, None]
            stage.random.shuffle(three)
            stage.fail(operation, *three)
    stage.post()


@scenario(18, "8 requests want the next attempt of one that failed")
def race_for_attempt(stage: Stage, _: Recovery) -> None:
    body = stage.form()
    stage.sandbox.next("too_many_requests", retry_after="3600")
    stage.post(body, "the-key")
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(8) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = [pool.submit(stage.post, body, "the-key") for _ in range(8)]
        wait_until_answered(asked, 7)
        relay.release()


def _swept_while_it_waits(stage: Stage, recovery: Recovery) -> None:
    with Relay(stage.sandbox.url) as relay, ThreadPoolExecutor(1) as pool:
        relay.keep_back()
        stage.upstream_url = relay.url
        asked = pool.submit(stage.post)
        assert relay.wait_for_answers(1, 20)
        assert recovery.sweep() == 1
        assert recovery.sweep() == 0
        relay.release()
        asked.result()


@scenario(18, "the sweep ends it, then the good answer comes", seeds=FEW)
def late_answer(stage: Stage, recovery: Recovery) -> None:
    _swept_while_it_waits(stage, recovery)


@scenario(18, "the sweep ends it, then upstream's refusal comes", seeds=FEW)
def late_refusal(stage: Stage, recovery: Recovery) -> None:
    stage.sandbox.next("limit")
    _swept_while_it_waits(stage, recovery)


@scenario(18, "the answers of both writes are lost", seeds=FEW)
def lost_answers(stage: Stage, _: Recovery) -> None:
    stage.fail("PutItem", LOST)
    stage.fail("UpdateItem", LOST)
    stage.post()


@scenario(19, "the table is down before the call", together=True)
def down_before(stage: Stage, _: Recovery) -> None:
    stage.fail_always("PutItem", stage.random.choice(_DOWN))
    stage.post()


@scenario(19, "the table hangs before the call", together=True, patient=False, seeds=FEW)
def hangs_before(stage: Stage, _: Recovery) -> None:
    stage.fail_always("PutItem", HANGS)
    stage.post()


@scenario(19, "the claim is stored, every answer of the table is lost", together=True, seeds=FEW)
def claim_never_known(stage: Stage, _: Recovery) -> None:
    stage.fail_always("PutItem", LOST)
    stage.post()


def _stored_later(stage: Stage, recovery: Recovery) -> None:
    """The result waits in the queue; the same request, when it was stored, is answered by it."""
    body = stage.form()
    stage.post(body, "the-key")
    assert stage.counts["result_kept_in_emergency"] == 1
    stage.mend()
    assert recovery.store_kept() == 1
    stage.post(body, "the-key")


@scenario(
    20,
    "the table is down after the call; the request comes again later",
    together=True,
    seconds_left=_SHORT,
)
def down_after(stage: Stage, recovery: Recovery) -> None:
    stage.fail_always("UpdateItem", stage.random.choice(_DOWN))
    _stored_later(stage, recovery)


@scenario(
    20,
    "the table hangs after the call; the request comes again later",
    together=True,
    patient=False,
    seconds_left=_SHORT,
    seeds=FEW,
)
def hangs_after(stage: Stage, recovery: Recovery) -> None:
    stage.fail_always("UpdateItem", HANGS)
    _stored_later(stage, recovery)


@scenario(
    20,
    "the result is stored, every answer of the table is lost",
    together=True,
    seconds_left=_SHORT,
    seeds=FEW,
)
def result_never_known(stage: Stage, recovery: Recovery) -> None:
    stage.fail_always("UpdateItem", LOST)
    _stored_later(stage, recovery)


@scenario(
    20,
    "the table and the emergency queue are down after the call",
    together=True,
    seconds_left=_SHORT,
)
def all_down_after(stage: Stage, _: Recovery) -> None:
    stage.fail_always("UpdateItem", stage.random.choice(_DOWN))
    stage.fail_always("SendMessage", stage.random.choice((SERVER_ERROR, DENIED, CUT)))
    stage.post()
    assert stage.counts["result_lost"] == 1


@scenario(28, "it has expired and is not deleted yet; the same request comes again", seeds=FEW)
def expired(stage: Stage, recovery: Recovery) -> None:
    body = stage.form()
    first = stage.post(body, "the-key")
    recovery.deliver()
    stage.clock.moved += _DAY
    assert stage.read(first.verification_id).says == "404 not_found"
    stage.post(body, "the-key")


@scenario(28, "it expires before it could be announced", seeds=FEW)
def expired_unannounced(stage: Stage, _: Recovery) -> None:
    stage.post()
    stage.clock.moved += _DAY


@scenario(29, "the breaker's table is down", together=True)
def breaker_down(stage: Stage, _: Recovery) -> None:
    for operation in ("GetItem", "PutItem", "UpdateItem"):
        fault = stage.random.choice(_DOWN)
        stage.cloud.fail_always(operation, fault, at=stage.breaker_table)
    stage.post()
    assert stage.counts["breaker_store_failed"]


@scenario(29, "the breaker's table hangs", together=True, patient=False, seeds=FEW)
def breaker_hangs(stage: Stage, _: Recovery) -> None:
    stage.cloud.fail_always("GetItem", HANGS, at=stage.breaker_table)
    stage.post()


@scenario(29, "the breaker's table is down, upstream answers 500 to all", together=True, seeds=5)
def breaker_down_in_trouble(stage: Stage, _: Recovery) -> None:
    for operation in ("GetItem", "PutItem", "UpdateItem"):
        stage.cloud.fail_always(operation, DENIED, at=stage.breaker_table)
    stage.sandbox.set_default("server_error")
    function = stage.verify_function()
    for _request in range(7):
        stage.post(function=function)
