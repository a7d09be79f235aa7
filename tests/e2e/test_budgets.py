"""A client's budget, through the deployed stack: requests at once, each with a connection."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.changes import changed, configured
from tests.e2e.conftest import Poster, Selfie

BUDGET, REQUESTS = 3, 12


def test_no_more_calls_are_made_than_a_client_has(
    gateway: Gateway, sandbox: Sandbox, selfie: Selfie, post: Poster
) -> None:
    variables = dict(gateway.deployment.settings)
    budget = {"CLIENT_CALLS_PER_DAY": str(BUDGET)}

    def ask(_: int) -> tuple[int, str | None]:
        response = post(selfie, headers={"Idempotency-Key": str(uuid.uuid4())})
        return response.status, response.json().get("code")

    with (
        changed(
            gateway,
            configured(Environment={"Variables": variables | budget}),
            configured(Environment={"Variables": variables}),
        ),
        ThreadPoolExecutor(REQUESTS) as pool,
    ):
        found = Counter(pool.map(ask, range(REQUESTS)))
    assert found == {(201, None): BUDGET, (429, "rate_limited"): REQUESTS - BUDGET}
    assert len(sandbox.requests) == BUDGET
