"""Every problem a function can answer: how it comes about, and what a client sees of it.

What the catalogue says of each: `tests/unit/test_problems.py`.
"""

import logging
from collections.abc import Callable
from typing import Final

import pytest

from liveness_gateway.problems import CATALOGUE
from tests.api.events import COMPAT_PATHS, CREATE, selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway
from tests.bodies import Body, Part, encode
from tests.faults import KilledError
from tests.images import drawn
from tests.world import refused
from tests.written_telemetry import counted

Arrange = Callable[[Gateway, str], Answered]


def threshold(text: str) -> Arrange:
    return lambda gateway, path: gateway.post(selfie_form(SELFIE, threshold=text), path)


def raw(content: bytes, content_type: str | None = None) -> Arrange:
    good = selfie_form(SELFIE)
    body = Body(good.content_type if content_type is None else content_type, content)
    return lambda gateway, path: gateway.post(body, path)


def upstream(*scripts: str) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.will(*scripts)
        return gateway.post(resource=path)

    return arrange


def conflict(gateway: Gateway, path: str) -> Answered:
    gateway.post(key="key-1")
    return gateway.post(selfie_form(drawn("PNG", 9, 9)), path, key="key-1")


def running(gateway: Gateway, path: str) -> Answered:
    gateway.world.faults.fail("transport.post", KilledError())
    with pytest.raises(KilledError):
        gateway.post(key="key-1")
    return gateway.post(resource=path, key="key-1")


def replayed(script: str) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.will(script)
        first = gateway.post(resource=path, key="key-1")
        second = gateway.post(resource=path, key="key-1")
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.body | {"correlation_id": ""} == first.body | {"correlation_id": ""}
        return second

    return arrange


def down(*effects: str) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        for effect in effects:
            gateway.world.faults.fail(effect, refused(), times=1000)
        return gateway.post(resource=path)

    return arrange


GOOD: Final = selfie_form(SELFIE).content
MANY: Final = encode("b", *[Part(('Content-Disposition: form-data; name="x"',), b"")] * 101)
HEIC: Final = b"\x00\x00\x00\x18ftypheic" + bytes(40)
# How it comes about, its code, how many records it leaves and how many calls may be charged for.
PROBLEMS: Final[dict[str, tuple[Arrange, str, int, int]]] = {
    "no body": (raw(b""), "malformed_request", 0, 0),
    "cut body": (raw(GOOD[:-6]), "malformed_request", 0, 0),
    "no credential": (
        lambda gateway, path: gateway.send(
            {"httpMethod": "POST", "resource": path, "body": "", "headers": {}}
        ),
        "unauthorized", 0, 0,
    ),
    "a large body": (raw(GOOD + bytes(4_613_734)), "too_large", 0, 0),
    "a hundred and one parts": (raw(MANY, "multipart/form-data; boundary=b"), "too_large", 0, 0),
    "not multipart": (raw(GOOD, "application/json"), "unsupported_media", 0, 0),
    "heic": (raw(GOOD.replace(SELFIE, HEIC)), "unsupported_media", 0, 0),
    "a bomb": (
        raw(GOOD.replace(SELFIE, drawn("PNG", 9, 9)[:16] + b"\x00\x00\x75\x30" * 2 + bytes(20))),
        "invalid_selfie", 0, 0,
    ),
    "a threshold above": (threshold("1.1"), "invalid_threshold", 0, 0),
    "a threshold below": (threshold("0.49"), "invalid_threshold", 0, 0),
    "another content": (conflict, "idempotency_conflict", 1, 1),
    "still running": (running, "in_progress", 1, 0),
    "the table down": (down("table.put"), "upstream_unavailable", 0, 0),
    "the table down after the money": (down("table.update"), "upstream_unavailable", 1, 1),
    "and the queue down": (
        down("table.update", "emergency.send"), "upstream_unavailable", 1, 1,
    ),
    "upstream out of reach": (upstream(*["refused connection"] * 2), "upstream_unavailable", 1, 0),
    "a limit": (upstream("limit"), "upstream_limit", 1, 0),
    "a bad answer": (upstream("html"), "upstream_bad_answer", 1, 1),
    "a timeout": (upstream("silent"), "upstream_timeout", 1, 1),
    "a timeout again": (replayed("silent"), "upstream_timeout", 1, 1),
}  # fmt: skip


@pytest.mark.parametrize("path", [CREATE, *COMPAT_PATHS])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_each_problem(
    gateway: Gateway, capsys: pytest.CaptureFixture[str], problem: str, path: str
) -> None:
    arrange, code, records, charges = PROBLEMS[problem]
    row, compat = CATALOGUE[code], path in COMPAT_PATHS
    status = (row.compat_status if compat else None) or row.status
    refused = arrange(gateway, path)
    expected = {
        "type": f"urn:liveness-gateway:problem:{code}",
        "title": row.title,
        "status": status,
        "detail": refused.body["detail"],
        "code": code,
        "retryable": row.retryable,
        "correlation_id": refused.headers["X-Correlation-Id"],
    }
    if compat:
        message = f"{row.title} {refused.body['detail']}"
        expected |= {"Errors": [{"ErrCode": status, "Message": message}]}
    if records:
        (record,) = gateway.world.records()
        assert gateway.read(record.verification_id).status == 200
        # A conflict does not tell one caller about another's record.
        if code != "idempotency_conflict":
            expected |= {"verification_id": record.verification_id}
            expected |= {"instance": f"/dev/v1/verifications/{record.verification_id}"}
    assert (refused.status, refused.body) == (status, expected)
    wait = None if row.retry_after is None else str(row.retry_after)
    assert refused.headers.get("Retry-After") == wait
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (len(gateway.world.records()), gateway.world.charges) == (records, charges)
    assert "canary" not in refused.text + gateway.telemetry.stream.getvalue()
    lines = [line for line in gateway.telemetry.lines if line["message"] == "problem"]
    assert (lines[-1]["code"], lines[-1]["level"]) == (code, logging.getLevelName(row.log_level))
    assert counted(capsys)[f"problem_{code}"] >= 1


def test_what_the_gateway_in_front_answers_itself_is_in_the_catalogue_too() -> None:
    """The stack writes these two into API Gateway's own answers; no function does."""
    reached = {code for _, code, _, _ in PROBLEMS.values()} | {"not_found", "internal"}
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
