"""One key, one upstream call, one verification."""

import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait

from local.gateway import Gateway
from local.server.proxy import MOST_AT_ONCE
from sandbox import Sandbox
from tests.e2e.conftest import Poster, Selfie

MANY = 50
PATIENCE = 60


def _start_processes(sandbox: Sandbox, selfie: Selfie, post: Poster) -> None:
    """Have as many idle processes as requests that are passed on at once."""
    sandbox.set_default("slow", delay=3600)
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        for _ in range(MOST_AT_ONCE):
            pool.submit(post, selfie)
        assert sandbox.records.wait_for(MOST_AT_ONCE, PATIENCE)
        sandbox.end_delays()
    sandbox.forget()


def test_fifty_identical_requests_at_once_pay_once(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    _start_processes(sandbox, selfie, post)
    sandbox.next("slow", delay=3600)
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(MANY) as pool:
        pending = {pool.submit(post.with_key, selfie, key) for _ in range(MANY)}
        # Upstream's answer comes when others have met the request that waits for it.
        wait(pending, PATIENCE, FIRST_COMPLETED)
        assert sandbox.records.wait_for(1, PATIENCE)
        sandbox.end_delays()
        got = [future.result() for future in as_completed(pending)]
    assert len(sandbox.requests) == 1
    created = [response for response in got if response.status == 201]
    waiting = [response for response in got if response.status == 409]
    assert len(created) + len(waiting) == MANY
    assert created
    assert waiting
    (verification_id,) = {response.json()["verification_id"] for response in got}
    assert {response.json()["code"] for response in waiting} == {"in_progress"}
    assert all(int(response.headers["retry-after"]) > 0 for response in waiting)
    assert gateway.await_event(verification_id)
    events = gateway.events(verification_id)
    assert len({event["detail"]["metadata"]["id"] for event in events}) == 1


def test_a_repeated_request_is_answered_as_before(
    sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    key = str(uuid.uuid4())
    first, again = post.with_key(selfie, key), post.with_key(selfie, key)
    assert (first.status, again.status) == (201, 201)
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(sandbox.requests) == 1


def test_the_same_key_with_another_selfie_or_threshold_is_refused(
    sandbox: Sandbox, new_selfie: Callable[[], Selfie], post: Poster
) -> None:
    key, first = str(uuid.uuid4()), new_selfie()
    assert post.with_key(first, key).status == 201
    for other in (post.with_key(new_selfie(), key), post.with_key(first, key, threshold="0.7")):
        assert (other.status, other.json()["code"]) == (422, "idempotency_conflict")
    assert len(sandbox.requests) == 1


def test_without_a_key_each_request_is_a_verification_of_its_own(
    sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    ids = {post(selfie).json()["verification_id"] for _ in range(2)}
    assert len(ids) == len(sandbox.requests) == 2
