"""Whatever the upstream does: a stored state, an event, a clear answer, and never "live"."""

import time
from collections.abc import Iterator

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Answer, python_requests
from tests.e2e.conftest import Selfie

OWN = "/v1/verifications"
# How long a function believes what it last read of the circuit (2 s), and a little.
_BELIEVED_SECONDS = 2.2
DETAIL_TYPES = {
    "completed": "LivenessVerificationCompleted",
    "failed": "LivenessVerificationFailed",
    "unknown": "LivenessVerificationUnknown",
}


@pytest.mark.parametrize(
    ("outcome", "decision", "reasons"),
    [
        ("live", "live", []),
        ("not_live", "not_live", ["below_threshold"]),
        ("no_face", "inconclusive", ["no_face"]),
        ("multiple_faces", "inconclusive", ["multiple_faces"]),
    ],
)
def test_a_decision_is_stored_and_announced(  # noqa: PLR0913, PLR0917 - fixtures and cases
    outcome: str,
    decision: str,
    reasons: list[str],
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    answers: list[Answer],
) -> None:
    _order(gateway, outcome)
    answer = _post(gateway, selfie, answers)
    body = answer.json()
    assert (answer.status, body["decision"]) == (201, decision)
    assert body["reasons"] == reasons
    assert sandbox.requests[0].outcome == outcome
    _is_stored_and_announced(gateway, body["verification_id"], "completed", decision)


@pytest.fixture
def closed_again(gateway: Gateway) -> Iterator[None]:
    """Refusals open the circuit: nobody after this test meets it open."""
    yield
    gateway.close_circuit()
    time.sleep(_BELIEVED_SECONDS)


@pytest.mark.usefixtures("closed_again")
@pytest.mark.parametrize(
    ("outcome", "status", "code", "state"),
    [
        ("unauthorized", 503, "upstream_unavailable", "failed"),
        ("limit", 503, "upstream_limit", "failed"),
        ("cut", 502, "upstream_bad_answer", "unknown"),
        ("broken_body", 502, "upstream_bad_answer", "unknown"),
    ],
)
def test_a_fault_is_stored_and_announced_and_never_live(  # noqa: PLR0913, PLR0917 - fixtures and cases
    outcome: str,
    status: int,
    code: str,
    state: str,
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    answers: list[Answer],
) -> None:
    sandbox.set_default(outcome)
    try:
        answer = _post(gateway, selfie, answers)
    finally:
        sandbox.set_default("live")
    body = answer.json()
    assert (answer.status, body["code"]) == (status, code)
    assert "decision" not in body
    _is_stored_and_announced(gateway, body["verification_id"], state, None)


def _order(gateway: Gateway, outcome: str) -> None:
    """As the demo page does."""
    told = requests.put(
        f"{gateway.url}/local/sandbox/next", json={"outcome": outcome, "count": 1}, timeout=10
    )
    assert told.ok, told.text


def _post(gateway: Gateway, selfie: Selfie, answers: list[Answer]) -> Answer:
    headers = {"x-api-key": gateway.api_key}
    answer = python_requests(gateway.url + OWN, selfie.path, "0.6", headers)
    answers.append(answer)
    return answer


def _is_stored_and_announced(
    gateway: Gateway, verification_id: str, state: str, decision: str | None
) -> None:
    record = requests.get(f"{gateway.url}/local/records/{verification_id}", timeout=10).json()
    assert (record["verification_id"], record["status"]) == (verification_id, state)
    assert record.get("decision") == decision
    assert gateway.await_event(verification_id), "no event arrived"
    (event,) = requests.get(
        f"{gateway.url}/local/events", params={"verification_id": verification_id}, timeout=10
    ).json()
    assert event["source"] == "liveness-gateway"
    assert event["detail-type"] == DETAIL_TYPES[state]
    data, metadata = event["detail"]["data"], event["detail"]["metadata"]
    assert (data["verification_id"], data["status"]) == (verification_id, state)
    assert data.get("decision") == decision
    assert metadata["version"] == record["version"]
    assert not {"faces", "image"} & data.keys()
