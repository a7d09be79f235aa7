"""Reading one request: the body off the wire, the multipart form, the credentials."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from io import BufferedIOBase

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from sandbox.picture import Picture, measure

LARGEST_BODY = 32 * 1024 * 1024
_LONGEST_NUMBER = 12
# One style per documented version; the other one is a stranger's.
CREDENTIAL_HEADERS = {"v0.1": ("app_id", "app_key"), "v0.2": ("app-id", "app-key")}


class UnreadableBodyError(Exception):
    """The body cannot be delimited: nothing more can be read from this connection."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the sandbox demands. Never shown: not in a record, an answer or a repr."""

    app_id: str
    app_key: str

    def __repr__(self) -> str:
        return "Credentials(...)"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form, with what its sender declared about it."""

    name: str
    content: bytes
    file_name: str | None
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """The form as the liveness API needs it. `fault` says why it could not take it."""

    parts: tuple[str, ...] = ()
    selfie: Part | None = None
    picture: Picture | None = None
    threshold: str | None = None
    fault: str | None = None

    @property
    def sha256(self) -> str | None:
        """Hex digest of the selfie's bytes as received."""
        return hashlib.sha256(self.selfie.content).hexdigest() if self.selfie else None


def read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """Read exactly one body, by Content-Length or chunked; UnreadableBodyError otherwise."""
    coding, length = headers.get("Transfer-Encoding"), headers.get("Content-Length")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise UnreadableBodyError(400, "Contradictory or unknown transfer coding")
        return b"".join(_chunks(stream))
    return _exactly(stream, _number(length, 10)) if length else b""


def credential_style(headers: Message) -> str:
    """Which credential headers were sent: app_id, app-id, both or none."""
    sent = [names[0] for names in CREDENTIAL_HEADERS.values() if any(n in headers for n in names)]
    return "both" if len(sent) > 1 else (sent[0] if sent else "none")


def credentials_right(headers: Message, dialect: str, expected: Credentials) -> bool:
    """Whether this version's headers, and only they, carry the expected values."""
    names = CREDENTIAL_HEADERS[dialect]
    if credential_style(headers) != names[0]:
        return False
    wanted = (expected.app_id, expected.app_key)
    pairs = [(headers.get_all(n, []), w) for n, w in zip(names, wanted, strict=True)]
    return all(
        len(got) == 1 and hmac.compare_digest(got[0].encode(), want.encode()) for got, want in pairs
    )


def read_form(content_type: str, body: bytes) -> Form:
    """Parse the multipart body strictly; whatever is wrong ends in `fault`, nothing is raised."""
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or "boundary" not in options:
        return Form(fault="The body must be multipart/form-data with a boundary")
    try:
        parts = tuple(_parts(options["boundary"], body))
    except MultipartError as error:
        return Form(fault=f"The multipart body is not well formed: {error}")
    return _form(parts)


def _form(parts: tuple[Part, ...]) -> Form:
    selfies = [part for part in parts if part.name == "selfie"]
    thresholds = [part for part in parts if part.name == "threshold"]
    selfie = selfies[0] if selfies else None
    threshold = thresholds[0].content.decode("utf-8", "replace") if thresholds else None
    picture = measure(selfie.content) if selfie else None
    if len(selfies) != 1 or selfie is None or selfie.file_name is None:
        fault: str | None = "Exactly one selfie file is needed"
    elif picture is None:
        fault = "The selfie is not a readable JPEG or PNG"
    elif len(thresholds) != 1 or not _is_threshold(threshold or ""):
        fault = "Exactly one threshold between 0 and 1 is needed"
    else:
        fault = None
    return Form(tuple(part.name for part in parts), selfie, picture, threshold, fault)


def _is_threshold(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _parts(boundary: str, body: bytes) -> Iterator[Part]:
    with PushMultipartParser(boundary, content_length=len(body), strict=True) as parser:
        head: MultipartSegment | None = None
        content = bytearray()
        for event in [*parser.parse(body), *parser.parse(b"")]:
            if isinstance(event, MultipartSegment):
                head, content = event, bytearray()
            elif event:
                content += event
            elif head is not None:
                yield Part(head.name or "", bytes(content), head.filename, head.content_type)


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    left = LARGEST_BODY
    while size := _number(_line(stream).split(b";", 1)[0].decode("latin-1").strip(), 16):
        left -= size
        yield _exactly(stream, size if left >= 0 else LARGEST_BODY + 1)
        if _line(stream):
            raise UnreadableBodyError(400, "A chunk is longer than it says")
    while _line(stream):  # trailers
        pass


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(4096)
    if not line.endswith(b"\n"):
        raise UnreadableBodyError(400, "The chunked body ends early")
    return line.rstrip(b"\r\n")


def _number(text: str, base: int) -> int:
    digits = "0123456789abcdef"[:base]
    if not text or len(text) > _LONGEST_NUMBER or any(c not in digits for c in text.lower()):
        raise UnreadableBodyError(400, "The length of the body is not a number")
    return int(text, base)


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    if size > LARGEST_BODY:
        raise UnreadableBodyError(413, "The body is too large")
    body = stream.read(size)
    if len(body) != size:
        raise UnreadableBodyError(400, "The body ends early")
    return body
