"""Whatever upstream does: a stored state, an event, and a clear answer.

The other outcomes are in tests/api/test_bootstrap.py, and a live face with its record
and event in tests/browser/test_verification.py.
"""

import time

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.conftest import Poster, Selfie

# Longer than a function keeps what it last read of the circuit breaker (2 s).
_BREAKER_CACHE_SECONDS = 2.2


@pytest.mark.parametrize(
    ("outcome", "status", "members", "state"),
    [
        ("not_live", 201, {"decision": "not_live", "reasons": ["below_threshold"]}, "completed"),
        ("cut", 502, {"code": "upstream_bad_answer"}, "unknown"),
        ("limit", 503, {"code": "upstream_limit"}, "failed"),
    ],
)
def test_an_outcome_is_stored_and_announced(  # noqa: PLR0913, PLR0917 - fixtures and cases
    outcome: str,
    status: int,
    members: dict[str, object],
    state: str,
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    post: Poster,
) -> None:
    sandbox.set_default(outcome)
    response = post(selfie)
    if outcome == "limit":
        gateway.close_circuit()
        time.sleep(_BREAKER_CACHE_SECONDS)
    body = response.json()
    assert response.status == status
    assert body.items() >= members.items()
    verification_id, decision = body["verification_id"], members.get("decision")
    assert body.get("decision") == decision

    local = f"{gateway.url}/local"
    record = requests.get(f"{local}/records/{verification_id}", timeout=60).json()
    assert (record["verification_id"], record["status"]) == (verification_id, state)
    assert record.get("decision") == decision
    assert gateway.await_event(verification_id), "no event arrived"
    query = {"verification_id": verification_id}
    (event,) = requests.get(f"{local}/events", params=query, timeout=60).json()
    assert event["source"] == "liveness-gateway"
    assert event["detail-type"] == f"LivenessVerification{state.capitalize()}"
    data, metadata = event["detail"]["data"], event["detail"]["metadata"]
    assert (data["verification_id"], data["status"]) == (verification_id, state)
    assert data.get("decision") == decision
    assert metadata["version"] == record["version"]
    assert not {"faces", "image"} & data.keys()
