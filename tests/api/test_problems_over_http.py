"""Every problem a function can answer, over HTTP: status, body and headers as clients see them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from liveness_gateway.domain import NotCharged, OutcomeUnknown, UpstreamAnswer
from liveness_gateway.errors import CATALOGUE, LedgerUnavailable
from liveness_gateway.selfie import SelfieLimits
from tests.adapters.journals import counted
from tests.adapters.samples import claim
from tests.api.events import CREATE, WIRE_PATHS, selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway
from tests.bodies import Body, Part, encode
from tests.fakes import KilledError, UpstreamCall, answer
from tests.images import drawn
from tests.world import World

Arrange = Callable[[Gateway, str], Answered]


@dataclass(frozen=True)
class Expected:
    """One problem as a client sees it; `wire` is its status on the wire-format routes."""

    code: str
    status: int
    wire: int
    retry_after: str | None
    retryable: bool
    with_record: bool
    charged: int
    level: str


def problem(  # noqa: PLR0913 - one column each; all but two are keyword-only
    code: str,
    status: int,
    *,
    wire: int = 0,
    retry_after: str | None = None,
    retryable: bool = False,
    with_record: bool = False,
    charged: int = 0,
    level: str = "INFO",
) -> Expected:
    return Expected(
        code, status, wire or status, retry_after, retryable, with_record, charged, level
    )


BAD: Final = problem("malformed_request", 400)
ABSENT: Final = problem("unauthorized", 401)
LARGE: Final = problem("too_large", 413)
MEDIA: Final = problem("unsupported_media", 415)
SELFIE_NO: Final = problem("invalid_selfie", 422)
THRESHOLD_NO: Final = problem("invalid_threshold", 422)
RUNNING: Final = problem("in_progress", 409, retry_after="2", retryable=True, with_record=True)
CONFLICT: Final = problem("idempotency_conflict", 422, with_record=True, charged=1)
INTERNAL: Final = problem("internal", 500, retryable=True, level="ERROR")
UNSTORED: Final = problem(
    "upstream_unavailable", 503, retry_after="5", retryable=True, level="ERROR"
)
UNAVAILABLE: Final = problem(
    "upstream_unavailable", 503, retry_after="5", retryable=True, level="ERROR", with_record=True
)
LIMIT: Final = problem(
    "upstream_limit", 503, wire=403, retry_after="60", retryable=True, level="ERROR",
    with_record=True,
)  # fmt: skip
BAD_ANSWER: Final = problem("upstream_bad_answer", 502, level="ERROR", with_record=True, charged=1)
TIMEOUT: Final = problem("upstream_timeout", 504, level="ERROR", with_record=True, charged=1)
KEPT: Final = problem(
    "upstream_unavailable", 503, retry_after="5", retryable=True, level="ERROR", with_record=True,
    charged=1,
)  # fmt: skip


def form(gateway: Gateway, path: str, **changes: str) -> Answered:
    return gateway.post(selfie_form(SELFIE, **changes), path)


def raw(content: bytes, content_type: str | None = None) -> Arrange:
    good = selfie_form(SELFIE)
    body = Body(good.content_type if content_type is None else content_type, content)
    return lambda gateway, path: gateway.post(body, path)


def upstream(fault: NotCharged | OutcomeUnknown) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.upstream.will(fault)
        return gateway.post(resource=path)

    return arrange


def conflict(gateway: Gateway, path: str) -> Answered:
    gateway.post(key="key-1")
    return gateway.post(selfie_form(drawn("PNG", 9, 9)), path, key="key-1")


def running(gateway: Gateway, path: str) -> Answered:
    gateway.world.faults.fail("upstream.verify", KilledError())
    with pytest.raises(KilledError):
        gateway.post(key="key-1")
    return gateway.post(resource=path, key="key-1")


def replayed(fault: OutcomeUnknown) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.upstream.will(fault)
        first = gateway.post(resource=path, key="key-1")
        second = gateway.post(resource=path, key="key-1")
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.body | {"correlation_id": ""} == first.body | {"correlation_id": ""}
        return second

    return arrange


def down(effect: str) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.faults.fail(effect, LedgerUnavailable("canary"), times=1000)
        return gateway.post(resource=path)

    return arrange


def lost_for_good(gateway: Gateway, path: str) -> Answered:
    gateway.world.emergency.full = True
    return down("ledger.settle")(gateway, path)


GOOD: Final = selfie_form(SELFIE).content
MANY: Final = encode("b", *[Part(('Content-Disposition: form-data; name="x"',), b"")] * 101)
HEIC: Final = b"\x00\x00\x00\x18ftypheic" + bytes(40)
PROBLEMS: Final[dict[str, tuple[Arrange, Expected]]] = {
    "no body": (raw(b""), BAD),
    "cut body": (raw(GOOD[:-6]), BAD),
    "no boundary": (raw(GOOD, "multipart/form-data"), BAD),
    "two selfies": (raw(GOOD.replace(b'name="threshold"', b'name="selfie"')), BAD),
    "no selfie": (raw(GOOD.replace(b'name="selfie"', b'name="other"')), BAD),
    "two keys": (
        lambda gateway, path: gateway.post(
            resource=path, key="a", headers=[("idempotency-key", "b")]
        ),
        BAD,
    ),
    "a long key": (lambda gateway, path: gateway.post(resource=path, key="k" * 256), BAD),
    "a subject too long": (lambda gateway, path: form(gateway, path, subject_ref="s" * 257), BAD),
    "no credential": (
        lambda gateway, path: gateway.send(
            {"httpMethod": "POST", "resource": path, "body": "", "headers": {}}
        ),
        ABSENT,
    ),
    "a large body": (raw(GOOD + bytes(4_718_592)), LARGE),
    "a hundred and one parts": (raw(MANY, "multipart/form-data; boundary=b"), LARGE),
    "not multipart": (raw(GOOD, "application/json"), MEDIA),
    "no content type": (raw(GOOD, ""), MEDIA),
    "heic": (raw(GOOD.replace(SELFIE, HEIC)), MEDIA),
    "gif": (raw(GOOD.replace(SELFIE, b"GIF89a" + bytes(40))), MEDIA),
    "an empty selfie": (raw(GOOD.replace(SELFIE, b"")), SELFIE_NO),
    "a cut selfie": (raw(GOOD.replace(SELFIE, SELFIE[:30])), SELFIE_NO),
    "a bomb": (
        raw(GOOD.replace(SELFIE, drawn("PNG", 9, 9)[:16] + b"\x00\x00\x75\x30" * 2 + bytes(20))),
        SELFIE_NO,
    ),
    "a threshold above": (lambda gateway, path: form(gateway, path, threshold="1.1"), THRESHOLD_NO),
    "a threshold of words": (
        lambda gateway, path: form(gateway, path, threshold="high"), THRESHOLD_NO,
    ),
    "a threshold below": (
        lambda gateway, path: form(gateway, path, threshold="0.49"), THRESHOLD_NO,
    ),
    "another content": (conflict, CONFLICT),
    "still running": (running, RUNNING),
    "the table down": (down("ledger.claim"), UNSTORED),
    "the table down after the money": (down("ledger.settle"), KEPT),
    "and the queue down": (lost_for_good, KEPT),
    "upstream out of reach": (
        upstream(NotCharged("upstream_unavailable", "connection_refused")), UNAVAILABLE,
    ),
    "a limit": (upstream(NotCharged("upstream_limit", "limit_reached")), LIMIT),
    "a bad answer": (
        upstream(OutcomeUnknown("upstream_bad_answer", "unusable_answer")), BAD_ANSWER,
    ),
    "a timeout": (upstream(OutcomeUnknown("upstream_timeout", "timeout")), TIMEOUT),
    "a timeout again": (replayed(OutcomeUnknown("upstream_timeout", "timeout")), TIMEOUT),
    "a bad answer again": (
        replayed(OutcomeUnknown("upstream_bad_answer", "unusable_answer")), BAD_ANSWER,
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", [CREATE, *WIRE_PATHS])
@pytest.mark.parametrize(("arrange", "expected"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_each_problem(
    gateway: Gateway,
    capsys: pytest.CaptureFixture[str],
    arrange: Arrange,
    expected: Expected,
    path: str,
) -> None:
    refused = arrange(gateway, path)
    wire = path in WIRE_PATHS
    status = expected.wire if wire else expected.status
    assert (refused.status, refused.body["code"]) == (status, expected.code)
    names = {"type", "title", "status", "detail", "code", "retryable", "correlation_id"}
    names |= {"verification_id", "instance"} if expected.with_record else set()
    assert refused.body.keys() == names | ({"Errors"} if wire else set())
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
    assert gateway.world.upstream.charges == expected.charged
    assert "canary" not in refused.text + gateway.journal.stream.getvalue()
    lines = [line for line in gateway.journal.lines if line["message"] == "problem"]
    assert (lines[-1]["code"], lines[-1]["level"]) == (expected.code, expected.level)
    assert counted(capsys)[f"problem_{expected.code}"] >= 1


def test_what_the_gateway_in_front_answers_itself_is_in_the_catalogue_too() -> None:
    """The stack writes these two into API Gateway's own answers; no function does."""
    reached = {expected.code for _, expected in PROBLEMS.values()} | {"not_found", "internal"}
    assert CATALOGUE.keys() - reached == {"forbidden", "rate_limited"}


def test_an_id_that_is_nobodys_is_not_found(gateway: Gateway) -> None:
    for verification_id in ("none", "0" * 32, "../x", "", "é"):
        refused = gateway.read(verification_id)
        assert (refused.status, refused.body["code"]) == (404, "not_found")


def test_another_clients_record_is_not_found_and_looks_the_same(gateway: Gateway) -> None:
    created = gateway.post()
    foreign = gateway.read(created.body["verification_id"], api_key_id="key-id-2")
    nobodys = gateway.read("0" * 32, api_key_id="key-id-2")
    assert foreign.body | {"correlation_id": ""} == nobodys.body | {"correlation_id": ""}


def test_an_expired_record_is_not_found(gateway: Gateway) -> None:
    created = gateway.post()
    gateway.world.clock.advance(24 * 3600 + 1)
    assert gateway.read(created.body["verification_id"]).status == 404


def test_a_record_is_not_readable_without_a_credential(gateway: Gateway) -> None:
    created = gateway.post()
    event_headers = {"httpMethod": "GET", "resource": "/v1/verifications/{verification_id}"}
    parameters = {"verification_id": created.body["verification_id"]}
    refused = gateway.send(event_headers | {"pathParameters": parameters})
    assert (refused.status, refused.body["code"]) == (401, "unauthorized")


def test_a_table_that_does_not_answer_a_read_is_unavailable(gateway: Gateway) -> None:
    created = gateway.post()
    gateway.world.faults.fail("ledger.get", LedgerUnavailable("canary"))
    refused = gateway.read(created.body["verification_id"])
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert "canary" not in refused.text


def test_the_stages_limits_on_the_sides_are_kept(world: World) -> None:
    gateway = Gateway(world, limits=SelfieLimits(minimum_side=80, maximum_side=200))
    assert gateway.post(selfie_form(drawn("JPEG", 80, 200))).status == 201
    for width, height in ((79, 100), (100, 201)):
        refused = gateway.post(selfie_form(drawn("JPEG", width, height)))
        assert (refused.status, refused.body["code"]) == (422, "invalid_selfie")
        assert f"{width} x {height}" in refused.body["detail"]


def test_refused_input_is_never_stored_nor_sent(gateway: Gateway) -> None:
    for arrange, expected in PROBLEMS.values():
        if expected.level == "INFO" and not expected.with_record:
            arrange(gateway, CREATE)
    assert gateway.world.ledger.items == {}
    assert gateway.world.upstream.calls == []


def test_a_result_that_could_not_be_stored_is_kept(gateway: Gateway) -> None:
    refused = down("ledger.settle")(gateway, CREATE)
    (kept,) = gateway.world.emergency.kept
    assert kept.claimed.verification_id == refused.body["verification_id"]


def test_a_failed_record_is_tried_again_by_the_same_request(gateway: Gateway) -> None:
    gateway.world.upstream.will(NotCharged("upstream_limit", "limit_reached"))
    refused = gateway.post(key="key-1")
    again = gateway.post(key="key-1")
    assert (refused.status, again.status) == (503, 201)
    assert again.body["verification_id"] == refused.body["verification_id"]
    assert "Idempotency-Replayed" not in again.headers


def test_a_result_the_record_does_not_take_is_internal(gateway: Gateway) -> None:
    """The record was taken by a later request after its expiry: clocks that went wrong."""

    def meanwhile(_: UpstreamCall) -> UpstreamAnswer:
        (running,) = gateway.world.ledger.all()
        later = running.expires_at
        gateway.world.ledger.claim(claim(running.verification_id, at=later, attempt=7))
        return answer()

    gateway.world.upstream.will(meanwhile)
    refused = gateway.post()
    assert (refused.status, refused.body["code"]) == (500, "internal")
    assert refused.body["verification_id"]


def test_the_levels_are_what_an_operator_should_hear() -> None:
    loud = {code for code, row in CATALOGUE.items() if row.log_level >= logging.ERROR}
    assert loud == {
        "internal",
        "upstream_bad_answer",
        "upstream_limit",
        "upstream_unavailable",
        "upstream_timeout",
    }
    assert INTERNAL.code in loud
