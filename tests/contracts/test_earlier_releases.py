"""What an earlier release stored is read by this one: a sample of each is kept in `records/`.

A new release adds a file: the records and the kept results as that release writes them.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.adapters.dynamodb.messages import kept_result
from liveness_gateway.entrypoints.streams import stream_record
from liveness_gateway.verifications.model import Decision, Status
from liveness_gateway.verifications.publishing import event_of
from liveness_gateway.verifications.records import verification_body
from tests.samples import NOON, RECEIPT, SOON, claim, completed, face
from tests.world import World

RELEASES: Final[dict[str, dict[str, Any]]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted(Path(__file__).with_name("records").glob("*.json"))
}
ID: Final = "0123456789abcdef0123456789abcdef"


@pytest.fixture(params=sorted(RELEASES))
def release(request: pytest.FixtureRequest) -> dict[str, Any]:
    return RELEASES[str(request.param)]


def test_there_is_a_sample_of_the_first_release() -> None:
    assert "0.1.0" in RELEASES


def test_a_claim_of_then_is_a_claim(release: dict[str, Any]) -> None:
    read = verification_of(release["records"]["processing"])
    made = claim(ID, claim_id="c" * 32)
    whole = replace(made, expires_at=made.expires_at.replace(microsecond=0))
    assert read == replace(whole, deadline=made.deadline.replace(microsecond=0))


def test_a_completed_record_of_then_is_shown_as_then(release: dict[str, Any]) -> None:
    read = verification_of(release["records"]["completed"])
    assert (read.status, read.decision) == (Status.COMPLETED, Decision.LIVE)
    assert (read.score, read.threshold) == (Decimal("0.9998"), Decimal("0.6"))
    assert (read.faces, read.upstream, read.ended_at) == ((face(),), RECEIPT, SOON)
    body = verification_body(read)
    assert (body["decision"], body["score"], body["verification_id"]) == ("live", 0.9998, ID)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        ("failed", "upstream_unavailable", "connection_refused"),
        ("unknown", "upstream_timeout", "timeout"),
    ],
)
def test_a_record_without_an_answer_is_the_same_problem(
    release: dict[str, Any], status: str, code: str, reason: str
) -> None:
    read = verification_of(release["records"][status])
    assert (read.status, read.reasons, read.problem_code) == (status, (reason,), code)
    assert read.problem().code == code


@pytest.mark.parametrize("status", ["completed", "failed", "unknown"])
def test_an_image_in_the_stream_is_announced(release: dict[str, Any], status: str) -> None:
    image = {"SequenceNumber": "7", "NewImage": release["records"][status]}
    found = stream_record({"dynamodb": image}, verification_of).verification
    assert found
    assert json.loads(event_of(found, "prod")["detail"])["data"]["status"] == status


@pytest.mark.parametrize("status", ["completed", "failed", "unknown"])
def test_a_result_that_was_kept_then_is_stored_now(
    world: World, release: dict[str, Any], status: str
) -> None:
    world.ledger.claim(claim(ID, at=NOON, claim_id="c" * 32))
    result = kept_result(release["messages"][status])
    assert result.face_count == (1 if status == "completed" else 0)
    world.recoverer().store(result)
    (record,) = world.records()
    assert (record.status, record.version) == (status, 1)
    expected = completed(record)
    if status == "completed":
        assert (record.decision, record.score) == (expected.decision, expected.score)
