"""I6, I7, I10, I12, I14: what callers are told is stored, the same each time, and never a guess."""

from decimal import Decimal

import pytest

from liveness_gateway.verifications.model import MultipleFaces
from tests.invariants.copies import Request
from tests.invariants.gateway import DAY, Gateway
from tests.invariants.liveness_api import BEHAVIOURS
from tests.invariants.troubles import trouble
from tests.invariants.watching import judged, later

SELFIE = Request().image
OTHERS = {
    "selfie": Request(image=b"\xff\xd8\xffanother"),
    "threshold": Request(threshold=Decimal("0.95")),
    "subject": Request(subject_ref="subject-7"),
    "empty subject": Request(subject_ref="0.6"),
}
THRESHOLDS = [None, "0.5", "0.6", "0.60", "0.9998", "0.99981", "1"]


@pytest.mark.parametrize("policy", MultipleFaces)
@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_decision_is_what_the_answer_makes_it(
    behaviour: str, threshold: str | None, policy: MultipleFaces
) -> None:
    with judged(Gateway(DAY, policy)) as gateway:
        asked = None if threshold is None else Decimal(threshold)
        gateway.ask(Request(threshold=asked, behaviours=[behaviour] * 2)).run()
        usable = BEHAVIOURS[behaviour].score is not None
        assert (gateway.codes() == [None]) == usable


@pytest.mark.parametrize("behaviour", ["live", "reset", "refused connection"])
@pytest.mark.parametrize("other", OTHERS)
def test_other_content_under_the_same_key(gateway: Gateway, other: str, behaviour: str) -> None:
    gateway.ask(Request(behaviours=[behaviour] * 2)).run()
    before = len(gateway.history.writes), len(gateway.history.posts)
    gateway.ask(OTHERS[other]).run()
    assert gateway.codes()[-1] == "idempotency_conflict"
    assert (len(gateway.history.writes), len(gateway.history.posts)) == before


def test_the_same_in_other_words(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    gateway.ask(Request(threshold=Decimal("0.600"))).run()
    assert gateway.codes() == [None, None]
    assert len(gateway.history.posts) == 1


def test_another_client_with_the_same_key_is_another_question(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    gateway.ask(Request(client_id="client-2")).run()
    assert gateway.codes() == [None, None]
    assert len(gateway.history.posts) == 2
    ids = {answer.body["verification_id"] for answer in gateway.history.answers}
    for one in ids:
        for client in ("client-1", "client-2"):
            gateway.read(one, client)
    assert sorted(str(read.code) for read in gateway.history.reads) == (
        ["None", "None", "not_found", "not_found"]
    )


def test_without_a_key_every_request_is_its_own(gateway: Gateway) -> None:
    for _ in range(3):
        gateway.ask(Request(key=None)).run()
    assert len(gateway.history.posts) == 3


def test_a_threshold_below_the_minimum_touches_nothing(gateway: Gateway) -> None:
    gateway.ask(Request(threshold=Decimal("0.49999"))).run()
    assert gateway.codes() == ["invalid_threshold"]
    assert not gateway.history.writes
    assert not gateway.history.posts


def test_no_answer_before_the_write(gateway: Gateway) -> None:
    gateway.ask(Request(), [trouble("table.update", "unreachable", 99)]).run()
    assert gateway.codes() == ["upstream_unavailable"]
    assert "decision" not in gateway.history.answers[0].body


def test_an_answer_lost_on_its_way_is_given_again(gateway: Gateway) -> None:
    first = gateway.ask(Request())
    first.run()
    told = gateway.history.answers.pop()  # the caller never saw it
    gateway.ask(Request()).run()
    assert gateway.history.answers[0].body == told.body


@pytest.mark.parametrize("behaviour", ["silent", "html"])
def test_what_is_unknown_stays_so_for_its_key(gateway: Gateway, behaviour: str) -> None:
    for _ in range(3):
        gateway.ask(Request(behaviours=[behaviour])).run()
        later(gateway, hours=7)
    assert len(set(gateway.codes())) == 1
    assert len(gateway.history.posts) == 1
    gateway.ask(Request(key="a new key")).run()
    assert gateway.codes()[-1] is None


@pytest.mark.parametrize("state", ["malformed", "empty", "denied"])
def test_no_credentials_no_call(gateway: Gateway, state: str) -> None:
    gateway.secrets.state = state
    gateway.ask(Request()).run()
    assert gateway.codes() == ["upstream_unavailable"]
    assert not gateway.history.posts
    gateway.secrets.state = "good"
    later(gateway, seconds=31)
    gateway.ask(Request()).run()
    assert gateway.codes()[-1] is None
