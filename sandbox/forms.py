"""The multipart form of a verification request."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from sandbox.picture import Picture, measure


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form, with what its sender declared about it."""

    name: str
    content: bytes
    file_name: str | None
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """The form as the liveness API needs it. `fault` says why it cannot be accepted."""

    parts: tuple[str, ...] = ()
    selfie: Part | None = None
    picture: Picture | None = None
    threshold: str | None = None
    fault: str | None = None

    @property
    def sha256(self) -> str | None:
        """Hex digest of the selfie's bytes as received."""
        return hashlib.sha256(self.selfie.content).hexdigest() if self.selfie else None


def read_form(content_type: str, body: bytes) -> Form:
    """Parse the multipart body strictly. What is wrong is stated in `fault`; nothing is raised."""
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
