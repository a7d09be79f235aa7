"""Every problem a function can answer: how it comes about, and what a client sees of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from tests.api.events import selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway
from tests.bodies import Body, Part, encode
from tests.faults import KilledError
from tests.images import drawn
from tests.world import refused

Arrange = Callable[[Gateway, str], Answered]


@dataclass(frozen=True)
class Expected:
    """One problem as a client sees it; `compat` is its status on the compat routes."""

    code: str
    status: int
    compat: int
    retry_after: str | None
    retryable: bool
    with_record: bool
    charged: int
    level: str


def problem(  # noqa: PLR0913 - one column each; all but two are keyword-only
    code: str,
    status: int,
    *,
    compat: int = 0,
    retry_after: str | None = None,
    retryable: bool = False,
    with_record: bool = False,
    charged: int = 0,
    level: str = "INFO",
) -> Expected:
    return Expected(
        code, status, compat or status, retry_after, retryable, with_record, charged, level
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
    "upstream_limit", 503, compat=403, retry_after="60", retryable=True, level="ERROR",
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


def down(effect: str) -> Arrange:
    def arrange(gateway: Gateway, path: str) -> Answered:
        gateway.world.faults.fail(effect, refused(), times=1000)
        return gateway.post(resource=path)

    return arrange


def lost_for_good(gateway: Gateway, path: str) -> Answered:
    gateway.world.faults.fail("emergency.send", refused())
    return down("table.update")(gateway, path)


GOOD: Final = selfie_form(SELFIE).content
MANY: Final = encode("b", *[Part(('Content-Disposition: form-data; name="x"',), b"")] * 101)
HEIC: Final = b"\x00\x00\x00\x18ftypheic" + bytes(40)
PROBLEMS: Final[dict[str, tuple[Arrange, Expected]]] = {
    "no body": (raw(b""), BAD),
    "cut body": (raw(GOOD[:-6]), BAD),
    "no credential": (
        lambda gateway, path: gateway.send(
            {"httpMethod": "POST", "resource": path, "body": "", "headers": {}}
        ),
        ABSENT,
    ),
    "a large body": (raw(GOOD + bytes(4_718_592)), LARGE),
    "a hundred and one parts": (raw(MANY, "multipart/form-data; boundary=b"), LARGE),
    "not multipart": (raw(GOOD, "application/json"), MEDIA),
    "heic": (raw(GOOD.replace(SELFIE, HEIC)), MEDIA),
    "a bomb": (
        raw(GOOD.replace(SELFIE, drawn("PNG", 9, 9)[:16] + b"\x00\x00\x75\x30" * 2 + bytes(20))),
        SELFIE_NO,
    ),
    "a threshold above": (lambda gateway, path: form(gateway, path, threshold="1.1"), THRESHOLD_NO),
    "a threshold below": (
        lambda gateway, path: form(gateway, path, threshold="0.49"), THRESHOLD_NO,
    ),
    "another content": (conflict, CONFLICT),
    "still running": (running, RUNNING),
    "the table down": (down("table.put"), UNSTORED),
    "the table down after the money": (down("table.update"), KEPT),
    "and the queue down": (lost_for_good, KEPT),
    "upstream out of reach": (upstream(*["refused connection"] * 2), UNAVAILABLE),
    "a limit": (upstream("limit"), LIMIT),
    "a bad answer": (upstream("html"), BAD_ANSWER),
    "a timeout": (upstream("silent"), TIMEOUT),
    "a timeout again": (replayed("silent"), TIMEOUT),
}  # fmt: skip
