"""I11: after expiry or erasure nothing is readable, answered, settled or announced."""

import pytest

from tests.invariants.copies import Request
from tests.invariants.gateway import Gateway
from tests.invariants.watching import later, rest


def record_id(gateway: Gateway) -> str:
    return str(gateway.record()["verification_id"])


@pytest.mark.parametrize("erased", [False, True])
def test_expired_is_gone_whether_or_not_it_was_deleted(gateway: Gateway, *, erased: bool) -> None:
    gateway.ask(Request()).run()
    first = record_id(gateway)
    gateway.read(first, "client-1")
    later(gateway, hours=24)
    if erased:
        gateway.erase()
    gateway.read(first, "client-1")
    assert [read.code for read in gateway.history.reads] == [None, "not_found"]
    gateway.publish(gateway.new_in_stream()).run()
    assert not gateway.history.accepted


def test_the_second_of_expiry_is_expired(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    expires_at = float(gateway.record()["expires_at"])
    for second in (-0.001, 0.001):
        gateway.clock.advance(expires_at + second - gateway.clock.now().timestamp())
        gateway.read(record_id(gateway), "client-1")
    assert [read.code for read in gateway.history.reads] == [None, "not_found"]


@pytest.mark.parametrize("behaviour", ["live", "reset", "refused connection"])
def test_an_expired_key_asks_anew(gateway: Gateway, behaviour: str) -> None:
    gateway.ask(Request(behaviours=[behaviour] * 2)).run()
    later(gateway, hours=25)
    gateway.ask(Request(image=b"\xff\xd8\xffanother")).run()
    assert gateway.codes()[-1] is None
    assert (gateway.record()["attempt"], gateway.record()["version"]) == (1, 1)


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


def test_a_refused_attempt_is_not_tried_again_once_it_expires(gateway: Gateway) -> None:
    gateway.ask(Request(behaviours=["limit"] * 2)).run()
    later(gateway, hours=23, minutes=59)
    again = gateway.ask(Request())
    again.step(3)
    rest(gateway)
    again.run()
    assert gateway.record()["status"] in {"completed", "failed"}
