"""I4, I5: what the stream's filter and the bus would have to be relied on for, and are not."""

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request
from tests.reliability.simulation.rest import rest
from tests.reliability.simulation.troubles import trouble


def test_nothing_is_announced_before_it_is_stored(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    while not running.ended:
        gateway.publish(gateway.new_in_stream()).run()
        stored = sum(write.terminal for write in gateway.history.writes)
        assert len(gateway.history.accepted) <= stored
        running.step(1)


def test_what_is_processing_is_not_announced(gateway: Gateway) -> None:
    gateway.ask_and_die()
    gateway.publish([gateway.history.writes[0].sequence_number]).run()
    assert not gateway.history.accepted


def test_a_dead_letter_queue_that_is_down_loses_nothing(gateway: Gateway) -> None:
    for key in "abc":
        gateway.ask(Request(key=key)).run()
    numbers = [*gateway.new_in_stream(), gateway.poison()]
    gateway.bus.refusals = {1: "InvalidArgument"}
    gateway.publish(numbers, [trouble("letters.send", "unreachable", 99)]).run()
    assert gateway.pending == [numbers[1], numbers[3]]
    rest(gateway)
    assert len(gateway.history.letters) == 1
    assert len(gateway.history.accepted) == 3
