"""One key, one upstream call, one verification, while many ask at once.

A request that is repeated later is in tests/api and tests/browser/test_verification.py.
"""

import uuid
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait

from local.front.functions import MOST_AT_ONCE
from local.gateway import Gateway
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
    headers = {"idempotency-key": str(uuid.uuid4())}
    with ThreadPoolExecutor(MANY) as pool:
        pending = {pool.submit(post, selfie, headers=headers) for _ in range(MANY)}
        # Upstream's answer comes when others have met the request that waits for it.
        wait(pending, PATIENCE, FIRST_COMPLETED)
        assert sandbox.records.wait_for(1, PATIENCE)
        sandbox.end_delays()
        got = [future.result() for future in as_completed(pending)]
    assert len(sandbox.requests) == 1
    assert {response.status for response in got} == {201, 409}
    waiting = [response for response in got if response.status == 409]
    assert {response.json()["code"] for response in waiting} == {"in_progress"}
    assert all(int(response.headers["retry-after"]) > 0 for response in waiting)
    (verification_id,) = {response.json()["verification_id"] for response in got}
    assert gateway.await_event(verification_id)
    events = gateway.events(verification_id)
    assert len({event["detail"]["metadata"]["id"] for event in events}) == 1
