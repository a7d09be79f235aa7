"""One key, one upstream call, one verification."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.gateway import Gateway
from local.server.proxy import MOST_AT_ONCE
from sandbox import Sandbox
from tests.e2e.clients import Answer, python_requests
from tests.e2e.conftest import Selfie

OWN = "/v1/verifications"
MANY = 50
Post = Callable[..., Answer]


@pytest.fixture
def post(gateway: Gateway, answers: list[Answer]) -> Post:
    def send(selfie: Selfie, key: str, threshold: str = "0.6") -> Answer:
        headers = {"x-api-key": gateway.api_key, "idempotency-key": key}
        answer = python_requests(gateway.url + OWN, selfie.path, threshold, headers)
        answers.append(answer)
        return answer

    return send


@pytest.fixture
def warm(gateway: Gateway, sandbox: Sandbox, selfie: Selfie) -> None:
    """As many idle processes as the front lets requests in, so that the race is a race."""
    sandbox.next("slow", count=MOST_AT_ONCE, delay=5.0)
    headers = {"x-api-key": gateway.api_key}
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        for _ in range(MOST_AT_ONCE):
            pool.submit(python_requests, gateway.url + OWN, selfie.path, "0.6", headers)
    sandbox.forget()


@pytest.mark.usefixtures("warm")
def test_fifty_identical_requests_at_once_pay_once(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Post
) -> None:
    # Long enough for the others to meet it while it runs.
    sandbox.next("slow", delay=2.0)
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(MANY) as pool:
        got = list(pool.map(lambda _: post(selfie, key), range(MANY)))
    assert len(sandbox.requests) == 1
    created = [answer for answer in got if answer.status == 201]
    waiting = [answer for answer in got if answer.status == 409]
    assert len(created) + len(waiting) == MANY
    assert created
    assert waiting, "none met the first one while it ran: this proved nothing"
    verification_ids = {answer.json()["verification_id"] for answer in got}
    assert len(verification_ids) == 1
    assert {answer.json()["code"] for answer in waiting} == {"in_progress"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in waiting)
    verification_id = verification_ids.pop()
    assert gateway.await_event(verification_id)
    assert (
        len({event["detail"]["metadata"]["id"] for event in gateway.events(verification_id)}) == 1
    )


def test_a_repeated_request_answers_as_before(sandbox: Sandbox, selfie: Selfie, post: Post) -> None:
    key = str(uuid.uuid4())
    first, again = post(selfie, key), post(selfie, key)
    assert (first.status, again.status) == (201, 201)
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(sandbox.requests) == 1


def test_the_same_key_with_another_selfie_or_threshold_is_refused(
    sandbox: Sandbox, new_selfie: Callable[[], Selfie], post: Post
) -> None:
    key = str(uuid.uuid4())
    first = new_selfie()
    assert post(first, key).status == 201
    for other in (post(new_selfie(), key), post(first, key, threshold="0.7")):
        assert (other.status, other.json()["code"]) == (422, "idempotency_conflict")
    assert len(sandbox.requests) == 1


def test_without_a_key_each_request_is_a_verification_of_its_own(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie
) -> None:
    headers = {"x-api-key": gateway.api_key}
    ids = {
        python_requests(gateway.url + OWN, selfie.path, "0.6", headers).json()["verification_id"]
        for _ in range(2)
    }
    assert len(ids) == len(sandbox.requests) == 2
