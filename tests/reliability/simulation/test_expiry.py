"""I11: the moment of expiry, and what is under way when it comes."""

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.requests import Request
from tests.reliability.simulation.rest import later, rest


def test_the_second_of_expiry_is_expired(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    record = gateway.record()
    for second in (-0.001, 0.001):
        moment = float(record["expires_at"]) + second
        gateway.clock.advance(moment - gateway.clock.time_of_day.timestamp())
        gateway.read(str(record["verification_id"]), "client-1")
    assert [read.code for read in gateway.history.reads] == [None, "not_found"]


def test_an_expired_claim_is_not_swept(gateway: Gateway) -> None:
    gateway.ask_and_die()
    later(gateway, hours=25)
    gateway.sweep().run()
    assert gateway.record()["status"] == "processing"


def test_a_record_erased_while_its_call_runs_stays_erased(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.erase_all()
    running.run()
    assert gateway.codes() == ["internal"]
    assert not gateway.table.items


def test_a_next_attempt_lives_as_long_as_a_first(gateway: Gateway) -> None:
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    later(gateway, hours=23)
    gateway.ask(Request(behaviours=["reset"])).run()
    later(gateway, hours=23)
    gateway.ask(Request()).run()
    assert gateway.codes()[1:] == ["upstream_bad_answer", "upstream_bad_answer"]


def test_an_attempt_that_expires_while_it_is_claimed_again(gateway: Gateway) -> None:
    gateway.ask(Request(behaviours=["limit"] * 2)).run()
    later(gateway, hours=23, minutes=59)
    again = gateway.ask(Request())
    again.hold_at("table.put", "after")
    rest(gateway)
    assert gateway.record()["status"] in {"completed", "failed"}
