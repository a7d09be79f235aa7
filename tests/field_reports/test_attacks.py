"""What was tried on this gateway by attacking it: `README.md` here."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from liveness_gateway.adapters.dynamodb.messages import kept_result, message_of
from liveness_gateway.verifications.ports import UnreadableError
from tests.answers import FACE
from tests.api.events import post_event, selfie_form
from tests.api.gateway import SELFIE, Gateway, answered
from tests.field_reports.liveness_server import (
    CROWD,
    LivenessServer,
    Said,
    answer,
)
from tests.images import drawn
from tests.samples import claim, completed
from tests.unit.pictures.hidden import CANARY, IN_JPEG, IN_PNG

JPEG, PNG = drawn("JPEG"), drawn("PNG")
# Each place of a picture that can hold something to find.
HIDING = [
    pytest.param(put, picture, id=f"{kind}-{place}")
    for kind, picture, places in (("jpeg", JPEG, IN_JPEG), ("png", PNG, IN_PNG))
    for place, put in places.items()
    if CANARY in put(picture)
]


@pytest.mark.parametrize(("put", "picture"), HIDING)
def test_a02_the_metadata_of_a_picture_stays_here(
    gateway: Gateway, server: LivenessServer, put: Callable[[bytes], bytes], picture: bytes
) -> None:
    """Tried on this gateway: GPS, maker notes, thumbnails, XMP, IPTC, a trailing video."""
    assert gateway.post(selfie_form(put(picture))).status == 201
    (forwarded,) = server.pictures
    assert CANARY not in server.received[0]
    # Whole: what begins and ends the drawn picture still does.
    assert (forwarded[:2], forwarded[-2:]) == (picture[:2], picture[-2:])


@pytest.mark.parametrize(
    "crowd", [CROWD, answer(None, [FACE] * 2), answer("none", [{}] * 500), answer(1, [None, None])]
)
def test_a04_a_crowd_is_several_faces_and_stops_nobody(
    gateway: Gateway, server: LivenessServer, crowd: Said
) -> None:
    """Tried on this gateway."""
    server.script = [crowd] * 6
    for number in range(6):
        created = gateway.post(key=f"crowd-{number}")
        assert (created.status, created.body["reasons"]) == (201, ["multiple_faces"])
        assert len(created.body["faces"]) <= 100
    assert gateway.post(key="other", api_key_id="key-id-2").body["decision"] == "live"


@pytest.mark.parametrize(
    "changed",
    [
        {"score": 0.99}, {"score": None}, {"score": {"decimal": "7"}}, {"status": "failed"},
        {"status": "unknown"}, {"face_count": 0, "faces": []}, {"decision": "alive"},
    ],
)  # fmt: skip
def test_a07_a08_a_kept_result_that_contradicts_itself_is_refused(changed: dict[str, Any]) -> None:
    """Tried on this gateway; good neighbours: `reliability/fault_injection`, faults 33 and 34."""
    values = json.loads(message_of(completed(claim())))
    assert kept_result(json.dumps(values)).score == Decimal("0.9998")
    with pytest.raises(UnreadableError):
        kept_result(json.dumps(values | changed))


def test_a13_one_event_delivered_again_is_one_verification(
    gateway: Gateway, server: LivenessServer
) -> None:
    """Tried on this gateway; the overtaken refusal: `reliability/fault_injection`, fault 34."""
    event = post_event(selfie_form(SELFIE))
    told = [answered(gateway.invoke(event)) for _ in range(3)]
    assert [each.status for each in told] == [201] * 3
    assert len({each.body["verification_id"] for each in told}) == 1
    assert len(server.received) == 1
