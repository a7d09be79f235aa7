"""I2, I9: what was paid ends in a terminal record, by the late answer, the queue or the sweep."""

import pytest

from tests.invariants.copies import Request
from tests.invariants.gateway import Gateway
from tests.invariants.history import plain
from tests.invariants.troubles import OF_RECOVER, OF_SWEEP, trouble
from tests.invariants.watching import later, rest

GONE = ("table.update", "unreachable", 99)


def keep_in_emergency(gateway: Gateway, behaviour: str = "live") -> None:
    """The call was made, the table takes nothing, the queue has the result."""
    gateway.ask(Request(behaviours=[behaviour]), [trouble(*GONE)]).run()
    assert gateway.codes()[-1] == "upstream_unavailable"
    assert len(gateway.emergency.messages) == 1


def recover(gateway: Gateway) -> None:
    gateway.recover(list(gateway.emergency.messages)).run()


def versions(gateway: Gateway) -> list[tuple[str, int]]:
    return [
        (str(write.new["status"]), int(write.new["version"]))
        for write in gateway.history.writes
        if write.terminal
    ]


def announce(gateway: Gateway) -> set[str]:
    gateway.publish(gateway.new_in_stream()).run()
    return {str(event.detail["metadata"]["id"]) for event in gateway.history.accepted}


def test_a_kept_result_is_stored_and_then_answered(gateway: Gateway) -> None:
    keep_in_emergency(gateway)
    recover(gateway)
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] is None
    assert versions(gateway) == [("completed", 1)]


def test_a_kept_result_delivered_twice_is_stored_once(gateway: Gateway) -> None:
    keep_in_emergency(gateway)
    gateway.recover(list(gateway.emergency.messages), again=True).run()
    recover(gateway)
    assert versions(gateway) == [("completed", 1)]
    assert not gateway.emergency.messages


def test_a_late_answer_is_a_new_version_with_its_own_event(gateway: Gateway) -> None:
    keep_in_emergency(gateway)
    later(gateway, seconds=61)
    gateway.sweep().run()
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] == "upstream_timeout"
    recover(gateway)
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] is None
    assert versions(gateway) == [("unknown", 1), ("completed", 2)]
    assert "problem_code" not in gateway.record()
    assert len(announce(gateway)) == 2


def test_a_call_still_running_when_it_is_swept(gateway: Gateway) -> None:
    # The clock of the sweep is five minutes fast.
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.clock.jump(300)
    gateway.sweep().run()
    running.run()
    assert gateway.codes() == [None]
    assert versions(gateway) == [("unknown", 1), ("completed", 2)]


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("behaviour", ["live", "silent", "limit"])
def test_two_sweeps_beside_a_late_answer(gateway: Gateway, behaviour: str, steps: int) -> None:
    keep_in_emergency(gateway, behaviour)
    later(gateway, seconds=61)
    one, other = gateway.sweep(), gateway.sweep()
    one.step(steps)
    late = gateway.recover(list(gateway.emergency.messages))
    late.step(steps // 2)
    other.run()
    late.run()
    one.run()
    assert len(versions(gateway)) in {1, 2}


@pytest.mark.parametrize("steps", range(12))
def test_a_kept_refusal_beside_the_next_attempt(gateway: Gateway, steps: int) -> None:
    # Its write was applied and its answer lost: the attempt is over, the message still there.
    first = [trouble("table.update", "lost", 99)]
    gateway.ask(Request(behaviours=["limit"]), first).run()
    later(gateway, seconds=70)  # the breaker closes
    again = gateway.ask(Request())
    again.step(steps)
    recover(gateway)
    again.run()
    rest(gateway)
    assert gateway.record()["status"] == "completed"
    assert int(gateway.record()["attempt"]) == 2


def test_a_kept_result_older_than_its_record_settles_no_other_selfie(gateway: Gateway) -> None:
    keep_in_emergency(gateway)
    later(gateway, hours=25)
    other = Request(image=b"\xff\xd8\xffanother", behaviours=["silent"])
    gateway.ask(other).run()
    recover(gateway)
    gateway.ask(other).run()
    assert gateway.record()["status"] == "unknown"
    assert gateway.codes()[1:] == ["upstream_timeout", "upstream_timeout"]


def test_a_kept_refusal_of_an_expired_record_frees_no_paid_one(gateway: Gateway) -> None:
    keep_in_emergency(gateway, "limit")
    later(gateway, hours=25)
    gateway.ask(Request(behaviours=["silent"])).run()
    recover(gateway)
    gateway.ask(Request()).run()
    assert gateway.codes()[1:] == ["upstream_timeout", "upstream_timeout"]


def test_an_index_that_lags_ends_no_younger_claim(gateway: Gateway) -> None:
    gateway.ask_and_die()
    gateway.table.lagging = True
    later(gateway, hours=25)
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.sweep().run()
    assert gateway.record()["status"] == "processing"
    running.run()
    assert versions(gateway) == [("completed", 1)]


def test_a_result_refused_by_a_wrong_clock_is_unknown_in_the_end(gateway: Gateway) -> None:
    running = gateway.ask(Request())
    running.hold_at("transport.post", "after")
    gateway.clock.jump(86_400)
    running.run()
    assert gateway.codes() == ["internal"]
    gateway.clock.jump(-86_400)
    rest(gateway)
    gateway.ask(Request()).run()
    assert gateway.codes()[1:] == ["upstream_timeout"]


def test_both_queue_and_table_down_is_unknown_in_the_end(gateway: Gateway) -> None:
    gateway.emergency.down = True
    gateway.ask(Request(), [trouble(*GONE)]).run()
    rest(gateway)
    assert versions(gateway) == [("unknown", 1)]
    assert gateway.history.counts["result_lost"] == 1


def test_a_key_used_again_after_expiry_begins_anew(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    announce(gateway)
    later(gateway, hours=25)
    gateway.ask(Request()).run()
    assert versions(gateway) == [("completed", 1), ("completed", 1)]
    assert len(announce(gateway)) == 2


def test_a_next_attempt_lives_as_long_as_a_first(gateway: Gateway) -> None:
    gateway.ask(Request(behaviours=["refused connection"] * 2)).run()
    later(gateway, hours=23)
    gateway.ask(Request(behaviours=["reset"])).run()
    later(gateway, hours=23)
    gateway.ask(Request()).run()
    assert gateway.codes()[1:] == ["upstream_bad_answer", "upstream_bad_answer"]


@pytest.mark.parametrize("times", [1, 99])
@pytest.mark.parametrize("met", OF_SWEEP)
def test_a_sweep_in_trouble(gateway: Gateway, met: tuple[str, str], times: int) -> None:
    for key in "abc":
        gateway.ask_and_die(key)
    later(gateway, seconds=61)
    gateway.sweep([trouble(*met, times)]).run()
    gateway.sweep().run()
    statuses = {plain(item)["status"] for item in gateway.table.items.values()}
    assert statuses == {"unknown"}
    assert len(versions(gateway)) == 3


@pytest.mark.parametrize("times", [1, 99])
@pytest.mark.parametrize("met", OF_RECOVER)
def test_a_consumer_in_trouble(gateway: Gateway, met: tuple[str, str], times: int) -> None:
    keep_in_emergency(gateway)
    gateway.recover(list(gateway.emergency.messages), troubles=[trouble(*met, times)]).run()
    recover(gateway)
    assert versions(gateway) == [("completed", 1)]
    assert not gateway.emergency.messages


@pytest.mark.parametrize("step", range(6))
def test_sweep_and_consumer_die(gateway: Gateway, step: int) -> None:
    keep_in_emergency(gateway)
    later(gateway, seconds=61)
    gateway.sweep().kill(step)
    gateway.recover(list(gateway.emergency.messages)).kill(step)
    recover(gateway)
    assert gateway.record()["status"] == "completed"
