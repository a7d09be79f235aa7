"""The events consumers receive: their shape, their ids, and that nothing biometric is in them."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.verifications.events import DETAIL_TYPES, event_detail, event_id
from liveness_gateway.verifications.model import Status, Verification
from liveness_gateway.verifications.publishing import event_of
from liveness_gateway.verifications.records import rfc3339, verification_body
from tests.doubles.behaviours import usable
from tests.doubles.clock import NOON
from tests.samples import selfie
from tests.world import World


def made(world: World) -> Verification:
    return world.verify(subject_ref="subject-1").verification


def test_an_event_is_the_record_without_boxes_and_image(world: World) -> None:
    record = made(world)
    shown = {**verification_body(record)}
    del shown["faces"], shown["image"]
    assert event_detail(record, "dev") == {
        "metadata": {
            "id": event_id(record),
            "version": 1,
            "occurred_at": "2025-06-01T12:00:00.250Z",
            "correlation_id": "request-1",
            "client_id": "client-1",
            "stage": "dev",
        },
        "data": shown,
    }


def test_the_detail_type_says_how_it_ended(world: World) -> None:
    record = made(world)
    for status, detail_type in DETAIL_TYPES.items():
        event = event_of(replace(record, status=status), "local")
        assert event.keys() == {"source", "detail_type", "detail", "id"}
        assert (event["source"], event["detail_type"]) == ("liveness-gateway", detail_type)
        assert event["id"] == json.loads(event["detail"])["metadata"]["id"]
    assert {name.value: detail_type for name, detail_type in DETAIL_TYPES.items()} == {
        "completed": "LivenessVerificationCompleted",
        "failed": "LivenessVerificationFailed",
        "unknown": "LivenessVerificationUnknown",
    }


def test_a_version_that_is_not_terminal_has_no_event(world: World) -> None:
    record = made(world)
    for running in (replace(record, ended_at=None), replace(record, status=Status.PROCESSING)):
        with pytest.raises(ValueError, match="this version is not terminal"):
            event_detail(running, "local")


def test_nothing_biometric_is_in_an_event(world: World) -> None:
    pixels = b"\xff\xd8\xffcanary-pixels"
    world.will(usable("0.9998", shape=', "img": {"width": 1234, "height": 4321}'))
    record = world.verify(image=selfie(pixels, 5678, 8765)).verification
    text = event_of(record, "local")["detail"]
    for canary in ("canary", pixels.hex(), "38.0577", "25.3957", "0.9885", "1234", "8765", "jpeg"):
        assert canary not in text
    assert not {"faces", "image", "fingerprint", "top_left", "img"} & set(text.split('"'))


def test_the_id_is_a_digest_of_record_creation_and_version(world: World) -> None:
    record = made(world)
    text = f"{record.verification_id}\n2025-06-01T12:00:00.250Z\n1"
    assert event_id(record) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_id_is_the_same_whatever_else_the_record_says(world: World) -> None:
    record = made(world)
    elsewhere = replace(record, correlation_id="another", reasons=("x",), client_id="y")
    assert event_id(elsewhere) == event_id(record)


def test_each_version_and_each_creation_has_an_id_of_its_own(world: World) -> None:
    record = made(world)
    others = [
        replace(record, version=2),
        replace(record, version=11),
        replace(record, created_at=NOON + timedelta(milliseconds=1)),
        replace(record, verification_id="0" * 32),
    ]
    assert len({event_id(each) for each in (record, *others)}) == 5


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_times_are_utc_in_milliseconds(moment: datetime) -> None:
    text = rfc3339(moment)
    assert len(text) == 24
    assert text.endswith("Z")
    assert timedelta(0) <= moment - datetime.fromisoformat(text) < timedelta(milliseconds=1)
