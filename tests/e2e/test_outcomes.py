"""Whatever upstream does: a stored state, an event, a clear answer, and never "live"."""

import time

import pytest
import requests

from local.gateway import Gateway
from sandbox import Sandbox
from tests.e2e.clients import Response
from tests.e2e.conftest import Poster, Selfie

# Longer than a function keeps what it last read of the circuit breaker (2 s).
_BREAKER_CACHE_SECONDS = 2.2
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
    post: Poster,
) -> None:
    # As the demo page does.
    scripted = requests.put(
        f"{gateway.url}/local/sandbox/next", json={"outcome": outcome, "count": 1}, timeout=60
    )
    assert scripted.ok, scripted.text
    response = post(selfie)
    body = response.json()
    assert (response.status, body["decision"], body["reasons"]) == (201, decision, reasons)
    assert sandbox.requests[0].outcome == outcome
    _is_stored_and_announced(gateway, response, "completed", decision)


@pytest.mark.parametrize(
    ("outcome", "status", "code", "state", "opens_circuit"),
    [
        ("cut", 502, "upstream_bad_answer", "unknown", False),
        ("broken_body", 502, "upstream_bad_answer", "unknown", False),
        ("unauthorized", 503, "upstream_unavailable", "failed", True),
        ("limit", 503, "upstream_limit", "failed", True),
    ],
)
def test_a_fault_is_stored_and_announced_and_never_live(  # noqa: PLR0913, PLR0917 - fixtures and cases
    outcome: str,
    status: int,
    code: str,
    state: str,
    opens_circuit: bool,  # noqa: FBT001 - a case
    gateway: Gateway,
    sandbox: Sandbox,
    selfie: Selfie,
    post: Poster,
) -> None:
    sandbox.set_default(outcome)
    response = post(selfie)
    if opens_circuit:
        gateway.close_circuit()
        time.sleep(_BREAKER_CACHE_SECONDS)
    body = response.json()
    assert (response.status, body["code"]) == (status, code)
    assert "decision" not in body
    _is_stored_and_announced(gateway, response, state, None)


def _is_stored_and_announced(
    gateway: Gateway, response: Response, state: str, decision: str | None
) -> None:
    verification_id = response.json()["verification_id"]
    record = requests.get(f"{gateway.url}/local/records/{verification_id}", timeout=60).json()
    assert (record["verification_id"], record["status"]) == (verification_id, state)
    assert record.get("decision") == decision
    assert gateway.await_event(verification_id), "no event arrived"
    (event,) = requests.get(
        f"{gateway.url}/local/events", params={"verification_id": verification_id}, timeout=60
    ).json()
    assert event["source"] == "liveness-gateway"
    assert event["detail-type"] == DETAIL_TYPES[state]
    data, metadata = event["detail"]["data"], event["detail"]["metadata"]
    assert (data["verification_id"], data["status"]) == (verification_id, state)
    assert data.get("decision") == decision
    assert metadata["version"] == record["version"]
    assert not {"faces", "image"} & data.keys()
