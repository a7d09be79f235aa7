"""The upstream client over real sockets, against the sandbox.

Each of its outcomes: `test_transport_faults.py`, and the client over them in `tests/reliability`.
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.verifications.model import Selfie
from sandbox import Sandbox
from tests.adapters.exchange import PATIENT, jpeg, transport, within
from tests.adapters.upstreams import Upstreams
from tests.doubles.secrets import APP_ID, app_key
from tests.samples import selfie

PICTURE: Selfie = selfie(jpeg())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(app_id=APP_ID, app_key=app_key(1)) as running:
        yield running


@pytest.fixture(params=["v0.1", "v0.2"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> UpstreamClient:
    return Upstreams().over(transport(), sandbox.url, request.param)


@pytest.mark.parametrize("shape", ["live", "older", "older_uuid"])
def test_every_documented_shape_is_answered_in_both_dialects(
    sandbox: Sandbox, client: UpstreamClient, shape: str
) -> None:
    sandbox.next(shape, score="0.999810516834259")
    answer = client.verify(PICTURE, Decimal("0.6"), within(PATIENT))
    assert answer.score == Decimal("0.999810516834259")
    assert (answer.width, answer.height) == (95, 71)
    assert len(answer.faces) == 1
    assert (answer.receipt.api_req_uid is None) == (shape == "older")
    assert answer.receipt.request_id == sandbox.requests[0].request_id
    assert answer.receipt.requested_at is not None


def test_the_second_exchange_carries_the_whole_selfie_again(
    sandbox: Sandbox, client: UpstreamClient
) -> None:
    sandbox.next("too_many_requests", retry_after="0")
    client.verify(PICTURE, Decimal("0.6"), within(PATIENT))
    first, second = sandbox.requests
    assert first.sha256 == second.sha256 == hashlib.sha256(PICTURE.content).hexdigest()
    assert first.threshold == second.threshold == "0.6"
    assert first.size == second.size
