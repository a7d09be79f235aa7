"""An event of API Gateway as a checked request: headers, client, key, body and its limits."""

import hashlib
from typing import Any

import pytest

from liveness_gateway.entrypoints.http.headers import client_id, header
from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from liveness_gateway.entrypoints.http.requests import verification_request
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.requests import VerificationRequest
from tests.bodies import Body, form, proxied
from tests.images import drawn

JPEG = drawn("JPEG")


def asked(given: dict[str, Any]) -> VerificationRequest:
    return verification_request(given, "correlation-1", 123.5)


def refusal(given: dict[str, Any]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        asked(given)
    return caught.value


def test_a_whole_request() -> None:
    given = form("requests", JPEG, threshold="0.75", subject_ref="Zoë 🤳")
    request = asked(proxied(given, idempotency_key="order 66"))
    assert request == VerificationRequest(
        client_id="key-id-1",
        idempotency_key="order 66",
        event_id=request.event_id,
        selfie=request.selfie,
        threshold=request.threshold,
        subject_ref="Zoë 🤳",
        correlation_id="correlation-1",
        deadline=123.5,
    )
    assert request.selfie.content == JPEG
    assert (request.selfie.image.width, request.selfie.image.height) == (95, 71)
    assert str(request.threshold) == "0.75"


def test_what_is_optional_may_be_missing() -> None:
    request = asked(proxied(form("curl", JPEG, threshold=None)))
    assert (request.idempotency_key, request.threshold, request.subject_ref) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"headers": {"ORIGIN": "x"}}, "x"), ({"multiValueHeaders": {"Origin": ["x"]}}, "x"),
        ({"multiValueHeaders": {"Origin": ["x", "x"], "origin": ["x"]}}, "x"),
        ({"headers": {"Origin": "last"}, "multiValueHeaders": {"Origin": ["x"]}}, "x"),
        ({}, None), ({"headers": None, "multiValueHeaders": None}, None),
        ({"headers": {"a": "b"}}, None), ({"multiValueHeaders": {"a": ["b"]}}, None),
        ({"headers": {}}, None), ({"multiValueHeaders": {"origin": []}}, None),
    ],
)  # fmt: skip
def test_a_header_is_found_whatever_its_case_and_is_one_value(
    given: dict[str, Any], found: str | None
) -> None:
    assert header(given, "origin") == found


@pytest.mark.parametrize(
    "given",
    [
        {"multiValueHeaders": {"Idempotency-Key": ["a", "b"]}},
        {"multiValueHeaders": {"Idempotency-Key": ["a"], "idempotency-key": ["b"]}},
        {"headers": {"Idempotency-Key": "a", "idempotency-key": "b"}},
    ],
)
def test_a_header_with_two_values_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ProblemError) as caught:
        header(given, "idempotency-key")
    assert caught.value.code == "malformed_request"
    problem = refusal(proxied(form("curl", JPEG)) | given)
    assert problem.code == "malformed_request"


def test_the_client_is_the_api_key_that_was_let_in() -> None:
    assert client_id({"requestContext": {"identity": {"apiKeyId": "abc"}}}) == "abc"


def test_without_the_keys_id_a_digest_of_the_key_stands_in() -> None:
    key = "the-key-of-a-client"
    found = client_id({"headers": {"X-Api-Key": key}, "requestContext": {"identity": {}}})
    assert found == hashlib.sha256(key.encode()).hexdigest()[:20]
    assert key not in found


@pytest.mark.parametrize("context", [None, {}, {"identity": None}, {"identity": {"apiKeyId": ""}}])
def test_a_request_without_a_credential_has_no_client(context: dict[str, Any] | None) -> None:
    for headers in ({}, {"x-api-key": ""}):
        problem = refusal(
            proxied(form("curl", JPEG)) | {"requestContext": context, "headers": headers}
        )
        assert problem.code == "unauthorized"


@pytest.mark.parametrize(
    "key", ["a", "~", "a b", "8e03978e-40d5-43dd-bc93-6894a57f9324", "x" * 255, '"quoted"', "!"]
)
def test_idempotency_keys(key: str) -> None:
    assert asked(proxied(form("curl", JPEG), idempotency_key=key)).idempotency_key == key


@pytest.mark.parametrize(
    "key", ["", " ", "\t", "x" * 256, "é", "a\tb", "a\nb", "a\n", "\x7f", "\0", "🤳", "a\x85"]
)
def test_what_is_no_idempotency_key(key: str) -> None:
    problem = refusal(proxied(form("curl", JPEG), idempotency_key=key))
    assert problem.code == "malformed_request"
    assert problem.detail == "The Idempotency-Key is not 1 to 255 printable ASCII characters."


@pytest.mark.parametrize("key", [" a", "a ", "\ta\t ", "  a b"])
def test_white_space_around_a_key_is_no_part_of_it(key: str) -> None:
    """RFC 9110, 5.5."""
    found = asked(proxied(form("curl", JPEG), idempotency_key=key)).idempotency_key
    assert found == key.strip()


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate", "zstd", "gzip, br", "x-own"])
def test_a_compressed_body_is_refused_by_its_name(coding: str) -> None:
    problem = refusal(proxied(form("curl", JPEG), content_encoding=coding))
    assert problem.code == "unsupported_media"
    assert "Content-Encoding" in problem.detail


@pytest.mark.parametrize("coding", ["", "identity", " Identity ", "aws-chunked"])
def test_a_body_that_says_it_is_not_compressed_is_taken(coding: str) -> None:
    assert asked(proxied(form("curl", JPEG), content_encoding=coding)).selfie.content == JPEG


def _of_size(size: int) -> Body:
    """A form of exactly this many bytes: the rest is behind the pixels of the selfie."""
    room = size - len(form("curl", JPEG).content)
    return form("curl", JPEG + b"\0" * room)


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_body_of_up_to_four_and_a_half_mebibytes(missing: int) -> None:
    given = _of_size(4_613_734 - missing)
    request = asked(proxied(given))
    assert request.selfie.content.startswith(JPEG)
    assert request.selfie.image.bytes == len(JPEG) + len(given.content) - len(
        form("curl", JPEG).content
    )


@pytest.mark.parametrize("more", [1, 2, 3, 4, 1_000_000])
def test_a_larger_body_is_refused(more: int) -> None:
    assert MAXIMUM_BODY == 4_613_734
    problem = refusal(proxied(_of_size(4_613_734 + more)))
    assert (problem.code, problem.detail) == (
        "too_large",
        "The body is larger than 4,613,734 bytes.",
    )


class Untouched(str):
    """A body that must be refused by its length alone."""

    __slots__ = ()

    def encode(self, *_: Any, **__: Any) -> bytes:  # noqa: ANN401 - as str's own
        raise AssertionError("decoded before its length was checked")


@pytest.mark.parametrize("encoded", [True, False])
def test_the_length_is_checked_before_anything_is_decoded(*, encoded: bool) -> None:
    too_long = Untouched("!" * (4_613_734 * 4 // 3 + 4))
    problem = refusal(proxied(form("curl", JPEG)) | {"body": too_long, "isBase64Encoded": encoded})
    assert problem.code == "too_large"


@pytest.mark.parametrize(
    "body",
    [
        "!", "a", "ab", "abc", "====", "ab=c", "abcd\n", " abcd", "ab\ncd", "abcd=", "abc-", "abc_",
        "ab cd", "é===", "🤳🤳🤳🤳", "\ud800\ud800\ud800\ud800", "abcdé", "QQ==QQ==", "\0\0\0\0",
    ],
)  # fmt: skip
def test_base64_is_read_strictly(body: str) -> None:
    problem = refusal(proxied(form("curl", JPEG)) | {"body": body})
    assert (problem.code, problem.detail) == ("malformed_request", "The body did not arrive whole.")


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("body", ["", None])
def test_no_body(body: str | None, *, encoded: bool) -> None:
    assert (
        refusal(proxied(form("curl", JPEG)) | {"body": body, "isBase64Encoded": encoded}).code
        == "malformed_request"
    )


TEXT = form("curl", b"a text")


@pytest.mark.parametrize("kind", ["application/json", TEXT.content_type])
def test_a_body_that_came_as_text_is_told_what_is_wrong_with_its_type(kind: str) -> None:
    as_text = {"body": TEXT.content.decode(), "isBase64Encoded": False}
    problem = refusal(proxied(TEXT) | as_text | {"headers": {"content-type": kind}})
    assert problem.code == "unsupported_media"


@pytest.mark.parametrize(
    "reference",
    ["a", "Zoë 🤳", "x" * 256, "🤳" * 256, " a ", '"<script>"', "a\u200db", "\u200c", "\u3000",
     "\xa0", "a\u2028b", "\u200b", "\ufeff", "\u202eabc", "\U0001fae9", "\U0001f6d8",
    "\U000e0041", "\ue000", "\U0010fffd", "e\u0301", "\xad"],
)  # fmt: skip
def test_subject_refs(reference: str) -> None:
    assert asked(proxied(form("curl", JPEG, subject_ref=reference))).subject_ref == reference


@pytest.mark.parametrize(
    "reference",
    ["", "x" * 257, "é" * 257, "a\nb", "a\r\nb", "a\tb", "\0", "\x1b[31m", "\x7f", "\x80", "\x9f",
     "a\ufffeb", "\uffff"],
)  # fmt: skip
def test_what_is_no_subject_ref(reference: str) -> None:
    problem = refusal(proxied(form("curl", JPEG, subject_ref=reference)))
    assert problem.code == "malformed_request"
    assert "`subject_ref` is not 1 to 256 characters of UTF-8 without control" in problem.detail


def test_a_subject_ref_that_is_no_utf_8() -> None:
    given = form("curl", JPEG, subject_ref="REFERENCE")
    spoilt = Body(given.content_type, given.content.replace(b"REFERENCE", b"\xff\xfe\x00"))
    assert refusal(proxied(spoilt)).code == "malformed_request"


def test_no_detail_repeats_what_the_client_sent() -> None:
    canary = "canary-7"
    for given in (
        proxied(form("curl", JPEG), idempotency_key=f"{canary}\0"),
        proxied(form("curl", JPEG, threshold=canary)),
        proxied(form("curl", JPEG, subject_ref=f"{canary}\0")),
        proxied(form("curl", canary.encode(), file_name=canary)),
        proxied(form("curl", JPEG)) | {"headers": {"content-type": canary}},
        proxied(form("curl", JPEG)) | {"body": canary},
    ):
        assert canary not in str(refusal(given))
