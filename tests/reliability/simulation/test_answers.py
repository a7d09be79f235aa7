"""I6, I7, I10, I14: whose answer it is, and what makes it."""

from decimal import Decimal

import pytest

from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.behaviours import BEHAVIOURS
from tests.reliability.simulation.gateway import DAY, Gateway
from tests.reliability.simulation.requests import Request, selfie
from tests.reliability.simulation.rest import judged

OTHERS = {
    "selfie": Request(image=selfie(b"of another")),
    "threshold": Request(threshold=Decimal("0.95")),
    "subject": Request(subject_ref="subject-7"),
    "subject that is the threshold": Request(subject_ref="0.6"),
}


@pytest.mark.parametrize("policy", MultipleFaces)
@pytest.mark.parametrize("threshold", [None, "0.9998", "0.99981"])
def test_a_decision_is_what_the_answer_makes_it(
    threshold: str | None, policy: MultipleFaces
) -> None:
    asked = None if threshold is None else Decimal(threshold)
    for behaviour, doing in BEHAVIOURS.items():
        with judged(Gateway(DAY, policy)) as gateway:
            gateway.ask(Request(threshold=asked, behaviours=[behaviour] * 2)).run()
            assert (gateway.codes() == [None]) == (doing.score is not None)


@pytest.mark.parametrize("other", OTHERS)
def test_other_content_under_the_same_key(gateway: Gateway, other: str) -> None:
    gateway.ask(Request()).run()
    gateway.ask(OTHERS[other]).run()
    assert gateway.codes() == [None, "idempotency_conflict"]


def test_the_same_in_other_words(gateway: Gateway) -> None:
    gateway.ask(Request()).run()
    gateway.ask(Request(threshold=Decimal("0.600"))).run()
    assert gateway.codes() == [None, None]
    assert len(gateway.history.posts) == 1


def test_another_client_with_the_same_key_is_another_question(gateway: Gateway) -> None:
    for client in ("client-1", "client-2"):
        gateway.ask(Request(client_id=client)).run()
    assert len(gateway.history.posts) == 2
    ids = [str(answer.body["verification_id"]) for answer in gateway.history.answers]
    codes = [gateway.read(one, client).code for one in ids for client in ("client-1", "client-2")]
    assert codes == [None, "not_found", "not_found", None]


def test_a_threshold_below_the_minimum_touches_nothing(gateway: Gateway) -> None:
    gateway.ask(Request(threshold=Decimal("0.49999"))).run()
    assert gateway.codes() == ["invalid_threshold"]
    assert not gateway.history.writes
    assert not gateway.history.posts
