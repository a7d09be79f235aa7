"""The routes of our own shape, and what every answer carries."""

import re

import pytest

from liveness_gateway.verifications.records import verification_body
from tests.api.events import (
    COMPAT_PATHS,
    CREATE,
    HEALTH,
    READ,
    post_event,
    proxy_event,
    selfie_form,
)
from tests.api.gateway import SELFIE, Gateway


def test_a_verification_is_created(gateway: Gateway) -> None:
    created = gateway.post()
    verification_id = created.body.pop("verification_id")
    assert created.status == 201
    assert created.headers["Location"] == f"/dev/v1/verifications/{verification_id}"
    assert re.fullmatch("[0-9a-f]{32}", verification_id)
    (record,) = gateway.world.records()
    assert created.body | {"verification_id": verification_id} == verification_body(record)
    assert "Idempotency-Replayed" not in created.headers


def test_the_record_reads_as_it_was_created(gateway: Gateway) -> None:
    form = selfie_form(SELFIE, threshold="0.75", subject_ref="subject é 1")
    created = gateway.post(form)
    read = gateway.read(created.body["verification_id"])
    assert (read.status, read.body) == (200, created.body)
    assert read.body["subject_ref"] == "subject é 1"
    assert read.body["threshold"] == 0.75


def test_health_needs_no_credential_and_no_upstream(gateway: Gateway) -> None:
    healthy = gateway.send(proxy_event("GET", HEALTH, api_key_id=None))
    assert (healthy.status, healthy.body) == (200, {"status": "ok", "stage": "local"})
    assert gateway.world.faults.done() == []


def test_every_answer_carries_what_every_answer_carries(gateway: Gateway) -> None:
    event = post_event(selfie_form(SELFIE), request_id="request-of-api-gateway")
    for each in (
        gateway.send(event),
        gateway.send(event | {"body": ""}),
        gateway.send(proxy_event("GET", HEALTH, request_id="request-of-api-gateway")),
        gateway.send(proxy_event("GET", "/nowhere", request_id="request-of-api-gateway")),
    ):
        assert each.headers["X-Correlation-Id"] == "request-of-api-gateway"
        assert each.headers["Cache-Control"] == "no-store"
        assert each.headers["X-Content-Type-Options"] == "nosniff"
        kind = "application/json" if each.status < 400 else "application/problem+json"
        assert each.headers["Content-Type"] == kind


def test_without_a_request_id_there_is_still_a_correlation_id(gateway: Gateway) -> None:
    event = proxy_event("GET", HEALTH)
    for useless in (None, "", "a b", "x" * 129, "a\nb", 5, ["r-1"]):
        event["requestContext"]["extendedRequestId"] = useless
        assert gateway.send(event).headers["X-Correlation-Id"] == "function-request-1"
    del event["requestContext"]["extendedRequestId"]
    assert gateway.send(event).headers["X-Correlation-Id"] == "function-request-1"
    del event["requestContext"]
    assert gateway.send(event).headers["X-Correlation-Id"] == "function-request-1"


@pytest.mark.parametrize(
    ("method", "resource"),
    [("GET", CREATE), ("PUT", CREATE), ("DELETE", READ), ("GET", COMPAT_PATHS[0]), ("POST", "/"),
     ("post", CREATE), ("POST", "/v0.3/liveness-verification"), ("", "")],
)  # fmt: skip
def test_what_is_no_route_is_not_found(gateway: Gateway, method: str, resource: str) -> None:
    refused = gateway.send(proxy_event(method, resource, path_parameters={"verification_id": "x"}))
    assert (refused.status, refused.body["code"]) == (404, "not_found")


@pytest.mark.parametrize("seconds", [28.0, 26.0, 10.0, 5.0, 0.0])
def test_upstream_has_twenty_seconds_or_what_is_left_but_five(
    gateway: Gateway, seconds: float
) -> None:
    gateway.world.will("silent")
    began = gateway.world.clock.monotonic()
    gateway.send(post_event(selfie_form(SELFIE)), seconds)
    assert gateway.world.clock.monotonic() - began == max(0, min(20, seconds - 5))


def test_the_lines_of_a_request_are_tied_together(gateway: Gateway) -> None:
    event = post_event(selfie_form(SELFIE), request_id="r-1")
    gateway.send(event)
    for line in gateway.telemetry.lines:
        assert line["correlation_id"] == "r-1"
        assert line["function_request_id"] == "function-request-1"
        assert line["trace_id"] == "Root=1-65f2a2b0-1c2d3e4f5a6b7c8d9e0f1a2b"
    line = gateway.telemetry.lines[-1]
    assert [one["message"] for one in gateway.telemetry.lines] == ["verification ended", "answered"]
    assert (line["method"], line["route"], line["status"]) == ("POST", CREATE, 201)
    assert isinstance(line["duration_ms"], int)


@pytest.mark.parametrize(
    "values",
    [["canary"], ["Root=canary"], ["Root=1-2-3", "Root=canary"],
     ["Root=1-65f2a2b0-1c2d3e4f5a6b7c8d9e0f1a2b;Self=canary zz"]],
)  # fmt: skip
def test_a_trace_id_that_is_none_is_not_logged(gateway: Gateway, values: list[str]) -> None:
    event = post_event(selfie_form(SELFIE))
    event["multiValueHeaders"]["X-Amzn-Trace-Id"] = values
    gateway.send(event)
    assert "canary" not in gateway.telemetry.stream.getvalue()


@pytest.mark.parametrize("path", COMPAT_PATHS)
def test_a_compat_route_is_the_same_use_case_in_another_shape(gateway: Gateway, path: str) -> None:
    created = gateway.post(key="key-1")
    # Credentials of the liveness API that a client still sends are ignored.
    answered = gateway.post(resource=path, key="key-1", headers=[("app_key", "theirs-canary")])
    assert (answered.status, answered.headers["Idempotency-Replayed"]) == (200, "true")
    assert answered.body["response_data"]["faces_liveness"] == created.body["score"]
    assert answered.body["api_req_uid"] == created.body["upstream"]["api_req_uid"]
    assert "Location" not in answered.headers
    assert "theirs" not in gateway.telemetry.stream.getvalue()
    assert gateway.world.calls == 1
