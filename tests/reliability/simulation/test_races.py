"""I8: a race that needs one order of its steps, which the state machine need not draw."""

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request

REFUSED_TWICE = Request(behaviours=["refused connection"] * 2)


def test_who_comes_late_starts_no_attempt_that_is_over(gateway: Gateway) -> None:
    gateway.ask(REFUSED_TWICE).run()
    late = gateway.ask(Request())
    late.hold_at("table.put", "after")  # it was shown the first attempt
    gateway.ask(REFUSED_TWICE).run()
    late.run()
    assert gateway.codes()[-1] == "in_progress"
    assert [write.new["attempt"] for write in gateway.history.claims()] == [1, 2]
