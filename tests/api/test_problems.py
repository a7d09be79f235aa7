"""Every problem a function can answer, over HTTP: status, body and headers as clients see them."""

from dataclasses import replace

import pytest

from liveness_gateway.problems import CATALOGUE
from tests.api.events import COMPAT_PATHS, CREATE, selfie_form
from tests.api.gateway import Gateway
from tests.api.problem_table import PROBLEMS, Arrange, Expected
from tests.images import drawn
from tests.samples import claim
from tests.world import SETTINGS, World, refused
from tests.written_telemetry import counted


@pytest.mark.parametrize("path", [CREATE, *COMPAT_PATHS])
@pytest.mark.parametrize(("arrange", "expected"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_each_problem(
    gateway: Gateway,
    capsys: pytest.CaptureFixture[str],
    arrange: Arrange,
    expected: Expected,
    path: str,
) -> None:
    refused = arrange(gateway, path)
    compat = path in COMPAT_PATHS
    status = expected.compat if compat else expected.status
    assert (refused.status, refused.body["code"]) == (status, expected.code)
    names = {"type", "title", "status", "detail", "code", "retryable", "correlation_id"}
    names |= {"verification_id", "instance"} if expected.with_record else set()
    assert refused.body.keys() == names | ({"Errors"} if compat else set())
    assert refused.body["type"] == f"urn:liveness-gateway:problem:{expected.code}"
    assert refused.body["title"] == CATALOGUE[expected.code].title
    assert refused.body["status"] == status
    assert refused.body["retryable"] is expected.retryable
    assert refused.body["correlation_id"] == refused.headers["X-Correlation-Id"]
    if expected.with_record:
        verification_id = refused.body["verification_id"]
        assert refused.body["instance"] == f"/v1/verifications/{verification_id}"
        assert gateway.read(verification_id).status == 200
    assert refused.headers.get("Retry-After") == expected.retry_after
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert gateway.world.charges == expected.charged
    assert "canary" not in refused.text + gateway.telemetry.stream.getvalue()
    lines = [line for line in gateway.telemetry.lines if line["message"] == "problem"]
    assert (lines[-1]["code"], lines[-1]["level"]) == (expected.code, expected.level)
    assert counted(capsys)[f"problem_{expected.code}"] >= 1


def test_what_the_gateway_in_front_answers_itself_is_in_the_catalogue_too() -> None:
    """The stack writes these two into API Gateway's own answers; no function does."""
    reached = {expected.code for _, expected in PROBLEMS.values()} | {"not_found", "internal"}
    assert CATALOGUE.keys() - reached == {"forbidden", "rate_limited"}


def test_an_unknown_id_is_not_found(gateway: Gateway) -> None:
    for verification_id in ("none", "0" * 32, "../x", "", "é"):
        refused = gateway.read(verification_id)
        assert (refused.status, refused.body["code"]) == (404, "not_found")


def test_another_clients_record_is_not_found_and_looks_the_same(gateway: Gateway) -> None:
    created = gateway.post()
    foreign = gateway.read(created.body["verification_id"], api_key_id="key-id-2")
    nobodys = gateway.read("0" * 32, api_key_id="key-id-2")
    assert foreign.body | {"correlation_id": ""} == nobodys.body | {"correlation_id": ""}


def test_a_record_is_not_readable_without_a_credential(gateway: Gateway) -> None:
    created = gateway.post()
    event_headers = {"httpMethod": "GET", "resource": "/v1/verifications/{verification_id}"}
    parameters = {"verification_id": created.body["verification_id"]}
    refused = gateway.send(event_headers | {"pathParameters": parameters})
    assert (refused.status, refused.body["code"]) == (401, "unauthorized")


def test_a_table_that_does_not_answer_a_read_is_unavailable(gateway: Gateway) -> None:
    created = gateway.post()
    gateway.world.faults.fail("table.get", refused())
    unread = gateway.read(created.body["verification_id"])
    assert (unread.status, unread.headers["Retry-After"]) == (503, "5")
    assert "canary" not in unread.text


def test_the_stages_limits_on_the_sides_are_kept(world: World) -> None:
    gateway = Gateway(replace(world, settings=replace(SETTINGS, minimum_side=80, maximum_side=200)))
    assert gateway.post(selfie_form(drawn("JPEG", 80, 200))).status == 201
    for width, height in ((79, 100), (100, 201)):
        refused = gateway.post(selfie_form(drawn("JPEG", width, height)))
        assert (refused.status, refused.body["code"]) == (422, "invalid_selfie")
        assert f"{width} x {height}" in refused.body["detail"]


def test_refused_input_is_never_stored_nor_sent(gateway: Gateway) -> None:
    for arrange, expected in PROBLEMS.values():
        if expected.level == "INFO" and not expected.with_record:
            arrange(gateway, CREATE)
    assert gateway.world.table.items == {}
    assert gateway.world.calls == 0


def test_a_result_the_record_does_not_take_is_internal(gateway: Gateway) -> None:
    """The record was taken by a later request after its expiry: clocks that went wrong."""

    def meanwhile() -> None:
        (running,) = gateway.world.records()
        later = running.expires_at
        gateway.world.ledger.claim(claim(running.verification_id, at=later, attempt=7))

    gateway.world.faults.meanwhile("transport.post", meanwhile)
    refused = gateway.post()
    assert (refused.status, refused.body["code"]) == (500, "internal")
    assert refused.body["verification_id"]
