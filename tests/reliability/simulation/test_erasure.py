"""I11: what is erased while a request runs stays erased."""

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request


def test_a_record_erased_while_its_call_runs_stays_erased(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.erase_all()
    running.run()
    assert gateway.codes() == ["internal"]
    assert not gateway.table.items
