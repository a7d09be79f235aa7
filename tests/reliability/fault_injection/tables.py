"""Faults 17 to 20, 28 and 29: the table of verifications, and that of the circuit breaker."""

from typing import Final

from tests.reliability.fault_injection.scenarios import CHANCE, failing, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.changes import BREAKER
from tests.reliability.simulation.gateway import DAY
from tests.reliability.simulation.rest import mend
from tests.reliability.simulation.troubles import DOWN

_AFTER_THE_DEADLINE: Final = 61.0


@scenario(17, "the tables throttle 2 of 3 calls", runs=CHANCE)
def throttled(stage: Stage) -> None:
    # So each is taken at its first, second or third try.
    for effect in ("table.put", "table.update", "breaker.get"):
        stage.fail([effect], "throttled", stage.random.choice((0, 1, 2)))
    stage.post()


@scenario(18, "8 requests want the next attempt of one that failed", runs=CHANCE)
def race_for_attempt(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.api.script.append("too many, later")
    stage.send(request)
    stage.crowd(request, 8)


def _swept_while_it_waits(stage: Stage, answer: str) -> None:
    asked = stage.post_and_hold(answer)
    stage.clock.jump(_AFTER_THE_DEADLINE)
    assert stage.sweep().run() == 1
    assert stage.sweep().run() == 0
    stage.clock.jump(-_AFTER_THE_DEADLINE)
    asked.run()


@scenario(18, "the sweep ends it, then the good answer comes")
def late_answer(stage: Stage) -> None:
    _swept_while_it_waits(stage, "live")


@scenario(18, "the sweep ends it, then upstream's refusal comes")
def late_refusal(stage: Stage) -> None:
    _swept_while_it_waits(stage, "limit")


@scenario(18, "the answers of both writes are lost")
def lost_answers(stage: Stage) -> None:
    stage.fail(["table.put", "table.update"], "lost", times=1)
    stage.post()


failing(19, "the table is down before the call", ["table.put"], *DOWN)
failing(19, "the table hangs before the call", ["table.put"], "hung")
failing(19, "the claim is stored, every answer of the table is lost", ["table.put"], "lost")


def _stored_later(fault: str, *kinds: str) -> None:
    """The result waits in the queue; the same request, when it was stored, is answered by it."""

    @scenario(20, fault, runs=CHANCE if len(kinds) > 1 else 1)
    def act(stage: Stage) -> None:
        request = stage.request("the-key")
        stage.fail(["table.update"], stage.random.choice(kinds))
        stage.send(request)
        assert stage.history.counts["result_kept_in_emergency"] == 1
        assert stage.kept() == 0
        mend(stage)
        assert stage.kept() == 1
        stage.send(request)


_stored_later("the table is down after the call; the request comes again later", *DOWN)
_stored_later("the table hangs after the call; the request comes again later", "hung")
_stored_later("the result is stored, every answer of the table is lost", "lost")


@scenario(20, "the table and the emergency queue are down after the call", runs=CHANCE)
def all_down_after(stage: Stage) -> None:
    stage.fail(["table.update"], stage.random.choice(DOWN))
    stage.fail(["emergency.send"], stage.random.choice(DOWN))
    stage.post()
    assert stage.history.counts["result_lost"] == 1


@scenario(28, "it has expired and is not deleted yet; the same request comes again")
def expired(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.send(request)
    stage.deliver()
    stage.clock.advance(DAY.total_seconds())
    read = stage.read(str(stage.last.body["verification_id"]), request.client_id)
    assert read.code == "not_found"
    stage.send(request)


@scenario(28, "it expires before it could be announced")
def expired_unannounced(stage: Stage) -> None:
    stage.post()
    stage.clock.advance(DAY.total_seconds())


@scenario(29, "the breaker's table is down", runs=CHANCE)
def breaker_down(stage: Stage) -> None:
    for effect in BREAKER:
        stage.fail([effect], stage.random.choice(DOWN))
    stage.post()
    assert stage.history.counts["breaker_store_failed"]


failing(29, "the breaker's table hangs", ["breaker.get"], "hung")


@scenario(29, "the breaker's table is down, upstream answers 500 to all")
def breaker_down_in_trouble(stage: Stage) -> None:
    stage.fail(BREAKER, "denied")
    stage.api.standard = "broken"
    environment = stage.environment()
    for _request in range(7):
        stage.post(on=environment)
