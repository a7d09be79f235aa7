"""Reads a multipart/form-data body strictly (RFC 7578, RFC 2046 section 5.1).

Strict where leniency would change what is judged: a body without its closing delimiter, or with a
second selfie or threshold, is refused. File names and declared types are never looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from liveness_gateway.problems import ProblemError

# 4.4 MiB. Lambda takes an event of 6,291,456 bytes; the body is in it as base64, beside 10 KB of
# headers, which API Gateway writes twice and JSON may make six times as long.
MAXIMUM_BODY: Final = 4_613_734
_MAXIMUM_PARTS: Final = 100
_MAXIMUM_HEADERS: Final = 16 * 1024
_MAXIMUM_TEXT: Final = 1024
_LONGEST_BOUNDARY: Final = 70  # RFC 2046, section 5.1.1
_TEXTS: Final = ("threshold", "subject_ref")


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """What the gateway takes from a body; every other part is ignored."""

    selfie: bytes
    threshold: bytes | None
    subject_ref: bytes | None


def read_form(content_type: str | None, body: bytes) -> Form:
    """Read the form.

    Raises:
        ProblemError: `unsupported_media` when it is not multipart/form-data, `too_large` over a
            limit, `malformed_request` when it is broken, ambiguous, or has no selfie.
    """
    boundary = _boundary(content_type)
    try:
        return _form(boundary, [body], len(body))
    except ParserLimitReached:
        raise ProblemError(
            "too_large",
            f"The form has more than {_MAXIMUM_PARTS} parts, or a part has more than "
            f"{_MAXIMUM_HEADERS} bytes of headers.",
        ) from None
    except MultipartError:
        raise ProblemError("malformed_request", _broken(boundary, body)) from None


def read_form_in_pieces(
    content_type: str | None, pieces: Iterable[bytes], length: int
) -> Form | None:
    """Read a form that arrives in pieces; it takes the memory of the selfie and two pieces.

    None where something is wrong, or looks so because it is cut there: a preamble or an epilogue
    that is longer than a piece. `read_form` then tells what.

    Args:
        content_type: the header.
        pieces: the body. A `ProblemError` of theirs counts as something that is wrong.
        length: of the whole body, in bytes.
    """
    try:
        return _form(_boundary(content_type), pieces, length)
    except (MultipartError, ProblemError):
        return None


def _form(boundary: bytes, pieces: Iterable[bytes], length: int) -> Form:
    found: dict[str, bytes] = {}
    for name, content in _parts(boundary, pieces, length):
        if name != "selfie" and name not in _TEXTS:
            continue
        if name in found:
            raise ProblemError("malformed_request", f"`{name}` is there more than once.")
        if name in _TEXTS and len(content) > _MAXIMUM_TEXT:
            raise ProblemError(
                "malformed_request", f"`{name}` is longer than {_MAXIMUM_TEXT} bytes."
            )
        found[name] = content
    if "selfie" not in found:
        raise ProblemError("malformed_request", "There is no `selfie` part in the form.")
    return Form(found["selfie"], found.get("threshold"), found.get("subject_ref"))


def _boundary(content_type: str | None) -> bytes:
    options = _Once()
    kind, _ = parse_options_header(content_type or "", options)
    if options.repeated & {"boundary"}:
        raise ProblemError("malformed_request", "The Content-Type names more than one boundary.")
    if kind != "multipart/form-data":
        raise ProblemError("unsupported_media", "The Content-Type is not multipart/form-data.")
    boundary = options.get("boundary", "")
    if not boundary:
        raise ProblemError(
            "malformed_request",
            "The Content-Type names no boundary. Do not set this header yourself: let your HTTP "
            "library write it.",
        )
    if len(boundary) > _LONGEST_BOUNDARY or not boundary.isascii() or not boundary.isprintable():
        raise ProblemError(
            "malformed_request", "The boundary in the Content-Type is not a valid one."
        )
    return str(boundary).encode("ascii")


def _parts(boundary: bytes, pieces: Iterable[bytes], length: int) -> Iterator[tuple[str, bytes]]:
    # Latin-1 reads any header: a file name in an old charset must not spoil a good selfie (R7).
    parser = PushMultipartParser(
        boundary,
        content_length=length,
        max_header_size=_MAXIMUM_HEADERS,
        max_header_count=_MAXIMUM_PARTS,
        max_segment_count=_MAXIMUM_PARTS,
        header_charset="latin1",
        strict=True,
    )
    with parser:
        yield from _segments(parser, pieces, length)


def _broken(boundary: bytes, body: bytes) -> str:
    """Why a body is no multipart form, in words that say what to do."""
    delimiter = b"--" + boundary
    if delimiter not in body:
        return "The boundary that the Content-Type names is nowhere in the body."
    if delimiter + b"--" not in body:
        return "The closing delimiter is missing: the body did not arrive whole."
    if b"\n" + delimiter in body and b"\r\n" + delimiter not in body:
        return "The lines of the form end with LF alone: they must end with CRLF."
    return "A delimiter or a header of a part is broken."


def _segments(
    parser: PushMultipartParser, pieces: Iterable[bytes], length: int
) -> Iterator[tuple[str, bytes]]:
    name, content = "", BytesIO()
    for event in (event for piece in pieces for event in parser.parse(piece)):
        if isinstance(event, MultipartSegment):
            if sum(len(key) + len(value) for key, value in event.headerlist) > _MAXIMUM_HEADERS:
                raise ParserLimitReached
            _check_named_once(event)
            _check_encoding(event)
            name, content = event.name or "", _room(length if event.name == "selfie" else 0)
        elif event is None:
            content.truncate()
            yield name, content.getvalue()
        elif name == "selfie" or name in _TEXTS:
            content.write(event)


def _room(length: int) -> BytesIO:
    """A buffer that does not grow: growing takes an eighth more memory, and copies."""
    room = BytesIO()
    if length:
        room.seek(length - 1)
        room.write(b"\0")
        room.seek(0)
    return room


class _Once(dict[str, str]):
    """Collects a header's parameters as the library reads them, and which of them differ."""

    def __init__(self) -> None:
        super().__init__()
        self.repeated: set[str] = set()

    def __bool__(self) -> bool:
        # The library takes an empty mapping for none at all.
        return True

    def __setitem__(self, name: str, value: str) -> None:
        if self.get(name, value) != value:
            self.repeated.add(name)
        super().__setitem__(name, value)


def _check_named_once(segment: MultipartSegment) -> None:
    """Refuse a part with two names, as a file name with a quote in it makes them (R1, R7)."""
    options = _Once()
    dispositions = [value for key, value in segment.headerlist if key == "Content-Disposition"]
    for disposition in dispositions:
        parse_options_header(disposition, options)
    if len(dispositions) > 1 or "name" in options.repeated:
        raise ProblemError("malformed_request", "A part of the form has more than one name.")


def _check_encoding(segment: MultipartSegment) -> None:
    """Refuse an encoded part by its name (RFC 7578, 4.7: the header is deprecated)."""
    for key, value in segment.headerlist:
        encoding = value.strip().lower()
        if key == "Content-Transfer-Encoding" and encoding in {"base64", "quoted-printable"}:
            raise ProblemError(
                "unsupported_media",
                f"A part has the Content-Transfer-Encoding {encoding}. Send its bytes as they are.",
            )
