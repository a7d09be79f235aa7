"""Faults 23 and 24: the same thing arrives twice, or fifty times at once."""

from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.rest import mend

_CROWD = 50


@scenario(23, "the same request again, and then another under its key")
def repeated(stage: Stage) -> None:
    request = stage.request("the-key")
    stage.send(request)
    stage.send(request)
    written = len(stage.table.stream)
    stage.send(stage.request("the-key"))
    assert len(stage.table.stream) == written  # I7: nothing is written for it


@scenario(23, "the same request again after an answer that was lost")
def repeated_unknown(stage: Stage) -> None:
    request = stage.request("the-key", "reset")
    stage.send(request)
    stage.send(request)


@scenario(23, "the same batch of the stream again")
def batch_again(stage: Stage) -> None:
    stage.post()
    stage.post()
    numbers = list(stage.new_in_stream())
    for _delivery in range(3):
        assert not stage.publish(numbers).run()


@scenario(23, "the same message of the emergency queue again")
def message_again(stage: Stage) -> None:
    stage.fail(["table.update"], "failed")
    stage.post()
    mend(stage)
    for again in (True, True, False):
        assert stage.recover(list(stage.emergency.messages), again=again).run() == 1


@scenario(24, f"{_CROWD} identical requests at once", runs=CHANCE)
def crowd(stage: Stage) -> None:
    stage.crowd(stage.request("the-key"), _CROWD)
    assert len(stage.api.received) == 1  # I8


@scenario(24, "6 identical requests at once", runs=CHANCE)
def small_crowd(stage: Stage) -> None:
    stage.crowd(stage.request("the-key"), 6)
    assert len(stage.api.received) == 1
