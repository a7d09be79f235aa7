"""Faults 21 and 23 to 26: what the bus refuses, and what arrives twice or is nonsense."""

from typing import Final

from tests.faults import Step
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.rest import mend
from tests.reliability.simulation.troubles import DOWN, FOREVER, refusal

_BUS: Final = "bus.put"
_LETTERS: Final = "letters.send"
_LATER: Final = ("InternalFailure", "ThrottlingException", "InternalException")
_NEVER: Final = (
    "InvalidArgument", "MalformedDetail", "NotAuthorizedForSourceException",
    "NotAuthorizedForDetailTypeException", "ValidationException",
)  # fmt: skip


@scenario(21, "PutEvents is throttled, fails or is cut off, up to 5 times", runs=CHANCE)
def bus_down(stage: Stage) -> None:
    stage.prepare()
    for _time in range(stage.random.randint(1, 5)):
        stage.fail([_BUS], stage.random.choice(("throttled", "failed", "cut")), times=1)
    stage.deliver()


def _for_a_while(fault: str, kind: str, times: int) -> None:
    """Register the scenario of a bus that does this so many times."""

    @scenario(21, fault)
    def act(stage: Stage) -> None:
        stage.prepare()
        stage.fail([_BUS], kind, times)
        stage.deliver()


_for_a_while("PutEvents took them all, its answer is lost", "lost", 2)
_for_a_while("PutEvents hangs", "hung", 1)


def _refuse_one(stage: Stage, codes: tuple[str, ...]) -> str:
    code = stage.random.choice(codes)
    stage.bus.refusals = {stage.random.randrange(10): code}
    return code


@scenario(21, "1 of 10 entries is refused for now", runs=CHANCE)
def one_later(stage: Stage) -> None:
    numbers = stage.prepare()
    _refuse_one(stage, _LATER)
    assert len(stage.publish(numbers).run()) == 1
    stage.insist(numbers)


@scenario(21, "1 of 10 entries is refused for good", runs=CHANCE)
def one_never(stage: Stage) -> None:
    numbers = stage.prepare()
    _refuse_one(stage, _NEVER)
    assert not stage.publish(numbers).run()


@scenario(21, "the bus refuses everything for good", runs=CHANCE)
def never(stage: Stage) -> None:
    numbers = stage.prepare()
    code = stage.random.choice(_NEVER)
    stage.raise_at(Step(_BUS, "before"), refusal(code), FOREVER)
    assert not stage.publish(numbers).run()


@scenario(21, "1 of 10 is refused for good while the dead-letter queue is down", runs=CHANCE)
def letters_down(stage: Stage) -> None:
    numbers = stage.prepare()
    code = _refuse_one(stage, _NEVER)
    stage.fail([_LETTERS], stage.random.choice(DOWN))
    (again,) = stage.publish(numbers).run()
    # Lambda brings it again, with all behind it; now there is a queue to take it.
    mend(stage)
    stage.bus.refusals = {0: code}
    stage.insist(number for number in numbers if number >= again)


@scenario(25, "an unreadable record among 10 in the stream", runs=CHANCE)
def poisoned(stage: Stage) -> None:
    numbers = stage.prepare()
    numbers.insert(stage.random.randint(0, len(numbers)), stage.poison())
    assert not stage.publish(numbers).run()


@scenario(26, "the stream is reordered and brought three times", runs=CHANCE)
def reordered(stage: Stage) -> None:
    asked = [stage.post_and_hold(*answers) for answers in (["live"], ["refused connection"] * 2)]
    stage.clock.jump(61)
    assert stage.sweep().run() == 2
    stage.clock.jump(-61)
    for process in asked:
        process.run()
    numbers = stage.prepared_now()
    for _delivery in range(3):
        stage.random.shuffle(numbers)
        assert not stage.publish(numbers).run()


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
