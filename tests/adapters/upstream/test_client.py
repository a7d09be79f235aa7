"""The upstream client over real sockets: the whole table against the sandbox."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.verifications.model import Selfie
from sandbox import Sandbox
from tests.adapters.exchange import PATIENT, jpeg, transport, within
from tests.adapters.upstreams import Upstreams, told
from tests.doubles.secrets import APP_ID, app_key
from tests.samples import selfie

PICTURE: Selfie = selfie(jpeg())


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.forget()
    running.rotate(APP_ID, app_key(1))
    return running


@pytest.fixture(params=["v0.1", "v0.2"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> UpstreamClient:
    return Upstreams().over(transport(), sandbox.url, request.param)


def outcome(client: UpstreamClient) -> str:
    return told(lambda: client.verify(PICTURE, Decimal("0.6"), within(PATIENT)))


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


@pytest.mark.parametrize(
    ("ordered", "told_as", "calls"),
    [
        ("not_live", "answered", 1),
        ("no_face", "answered", 1),
        ("multiple_faces", "answered", 1),
        ("unauthorized", "failed upstream_unavailable credentials_refused", 1),
        ("limit", "failed upstream_limit limit_reached", 1),
        ("server_error", "unknown upstream_bad_answer upstream_status_500", 1),
        ("bad_request", "unknown upstream_bad_answer upstream_status_400", 1),
        ("redirect", "unknown upstream_bad_answer upstream_status_302", 1),
        ("cut", "unknown upstream_bad_answer connection_lost", 1),
        ("reset_before_status", "unknown upstream_bad_answer connection_lost", 1),
        ("cut_body", "unknown upstream_bad_answer answer_cut", 1),
        ("broken_chunks", "unknown upstream_bad_answer broken_http", 1),
        ("huge_body", "unknown upstream_bad_answer answer_too_large", 1),
        ("huge_headers", "unknown upstream_bad_answer broken_http", 1),
        ("broken_body", "unknown upstream_bad_answer unusable_answer", 1),
        ("html", "unknown upstream_bad_answer unusable_answer", 1),
        ("errors_in_200", "unknown upstream_bad_answer unusable_answer", 1),
        ("empty", "unknown upstream_bad_answer unusable_answer", 1),
        ("no_content", "unknown upstream_bad_answer unusable_answer", 1),
        ("too_many_requests", "answered", 2),
        ("unavailable", "answered", 2),
    ],
)
def test_each_line_of_the_table(
    sandbox: Sandbox, client: UpstreamClient, ordered: str, told_as: str, calls: int
) -> None:
    sandbox.next(ordered)
    assert outcome(client) == told_as
    assert len(sandbox.requests) == calls


def test_the_second_exchange_carries_the_whole_selfie_again(
    sandbox: Sandbox, client: UpstreamClient
) -> None:
    sandbox.next("too_many_requests", retry_after="0")
    assert outcome(client) == "answered"
    first, second = sandbox.requests
    assert first.sha256 == second.sha256 == hashlib.sha256(PICTURE.content).hexdigest()
    assert first.threshold == second.threshold == "0.6"
    assert first.size == second.size


def test_a_rotated_secret_is_picked_up_in_the_middle_of_a_request(sandbox: Sandbox) -> None:
    up = Upstreams()
    client = up.over(transport(), sandbox.url)
    assert outcome(client) == "answered"
    up.secrets.version = 2
    sandbox.rotate(APP_ID, app_key(2))
    assert outcome(client) == "answered"
    assert [request.credentials_right for request in sandbox.requests] == [True, False, True]
    assert outcome(client) == "answered"
    assert up.breaker.ends == ["succeeded"] * 3


def test_the_wrong_secret_for_good_is_asked_about_once_in_thirty_seconds(sandbox: Sandbox) -> None:
    up = Upstreams()
    sandbox.rotate(APP_ID, "another-key-canary")
    client = up.over(transport(), sandbox.url)
    for _ in range(5):
        assert outcome(client) == "failed upstream_unavailable credentials_refused"
    assert up.faults.done().count("secret.upstream") == 2
    assert len(sandbox.requests) == 5
    assert up.breaker.ends == ["refused"] * 5
