"""An API Gateway event as a checked request. Whatever a client sends ends in a request or a 4xx."""

import binascii
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pybase64

from liveness_gateway.entrypoints.http.headers import Event, client_id, event_id, header
from liveness_gateway.entrypoints.http.multipart import (
    MAXIMUM_BODY,
    Form,
    read_form,
    read_form_in_pieces,
)
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.requests import VerificationRequest
from liveness_gateway.verifications.selfie import check_selfie

THRESHOLD: Final = re.compile(rb"[0-9]{1,4}(?:\.[0-9]{0,32})?|\.[0-9]{1,32}")
IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
# 1 to 256 code points, none of them a control character: the same on every version of Unicode.

LONGEST_SUBJECT: Final = 256
SUBJECT_REF: Final = re.compile(rf"[^\x00-\x1f\x7f-\x9f\ufffe\uffff]{{1,{LONGEST_SUBJECT}}}")
# Characters of base64 that are decoded at once: 65,535 bytes, which stay in the processor's cache.
_PIECE: Final = 87_380
# What a client may say of a body that is not compressed.
_NO_CODING: Final = frozenset({"", "identity", "aws-chunked"})


def verification_request(event: Event, correlation_id: str, deadline: float) -> VerificationRequest:
    """The request to verify; what a setting decides is not looked at yet.

    Raises:
        ProblemError: the input breaks one of the rules R1 to R7.
    """
    client = client_id(event)
    key = _idempotency_key(event)
    _check_coding(event)
    form = _form(event)
    return VerificationRequest(
        client_id=client,
        idempotency_key=key,
        event_id=event_id(event),
        selfie=check_selfie(form.selfie),
        threshold=_threshold(form),
        subject_ref=_subject_ref(form),
        correlation_id=correlation_id,
        deadline=deadline,
    )


def _check_coding(event: Event) -> None:
    """Refuse a compressed body by its name (RFC 9110, 15.5.16)."""
    coding = (header(event, "content-encoding") or "").strip().lower()
    if coding not in _NO_CODING:
        raise ProblemError(
            "unsupported_media",
            "The body has a Content-Encoding. Send it as it is: a picture is compressed already.",
        )


def _form(event: Event) -> Form:
    content_type = header(event, "content-type")
    body, size = _body(event)
    if isinstance(body, bytes):
        return read_form(content_type, body)
    form = read_form_in_pieces(content_type, _pieces(body), size)
    # What is wrong with a form is told by the whole of it.
    return read_form(content_type, _decoded(body)) if form is None else form


def _body(event: Event) -> tuple[str | bytes, int]:
    """The body and its length in bytes: base64 as it is, text in bytes."""
    body = event.get("body") or ""
    # The length is checked before anything is decoded (R6).
    encoded = bool(event.get("isBase64Encoded"))
    size = len(body) * 3 // 4 - body[-2:].count("=") if encoded else len(body)
    if size > MAXIMUM_BODY:
        raise ProblemError("too_large", f"The body is larger than {MAXIMUM_BODY:,} bytes.")
    # API Gateway hands over text where the Content-Type is not exactly a binary one of ours; an
    # image has not survived that, but the form around it can still be told what is wrong.
    return body if encoded else body.encode("utf-8", errors="replace"), size


def _pieces(body: str) -> Iterator[bytes]:
    """What a body decodes to, 64 KiB at a time; the last piece, where forms end, is longer.

    Raises:
        ProblemError: as `_decoded`.
    """
    last = max(len(body) // _PIECE - 1, 0) * _PIECE
    for start in range(0, last, _PIECE):
        piece = body[start : start + _PIECE]
        # Padding stands at the very end or nowhere.
        if piece.endswith("="):
            raise _broken_body()
        yield _decoded(piece)
    yield _decoded(body[last:])


def _decoded(body: str) -> bytes:
    try:
        return pybase64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise _broken_body() from None


def _broken_body() -> ProblemError:
    return ProblemError("malformed_request", "The body did not arrive whole.")


def _threshold(form: Form) -> Decimal | None:
    if form.threshold is None:
        return None
    if not THRESHOLD.fullmatch(form.threshold):
        raise ProblemError("invalid_threshold", "The threshold is not a plain decimal such as 0.6.")
    threshold = Decimal(form.threshold.decode("ascii"))
    if threshold > 1:
        raise ProblemError("invalid_threshold", "The threshold is above 1.")
    return threshold


def _subject_ref(form: Form) -> str | None:
    if form.subject_ref is None:
        return None
    try:
        reference = form.subject_ref.decode("utf-8")
    except UnicodeDecodeError:
        reference = ""
    if not SUBJECT_REF.fullmatch(reference):
        raise ProblemError(
            "malformed_request",
            "`subject_ref` is not 1 to 256 characters of UTF-8 without control characters.",
        )
    return reference


def _idempotency_key(event: Event) -> str | None:
    key = header(event, "idempotency-key")
    # White space around a value is no part of it (RFC 9110, 5.5).
    key = None if key is None else key.strip(" \t")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise ProblemError(
            "malformed_request", "The Idempotency-Key is not 1 to 255 printable ASCII characters."
        )
    return key
