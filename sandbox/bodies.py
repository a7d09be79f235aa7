"""Reading the body of a request: by its Content-Length, or chunked."""

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

LARGEST_BODY = 32 * 1024 * 1024
_LONGEST_NUMBER = 12
_LONGEST_LINE = 4096


class UnreadableBodyError(Exception):
    """The end of the body is not clear: nothing more can be read from this connection."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """Read exactly one body.

    Raises:
        UnreadableBodyError: it has no clear end, ends early, or is too large.
    """
    coding, length = headers.get("Transfer-Encoding"), headers.get("Content-Length")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise UnreadableBodyError(400, "Contradictory or unknown transfer coding")
        return b"".join(_chunks(stream))
    return _exactly(stream, _number(length, 10)) if length else b""


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    left = LARGEST_BODY
    while size := _number(_line(stream).split(b";", 1)[0].decode("latin-1").strip(), 16):
        left -= size
        yield _exactly(stream, size if left >= 0 else LARGEST_BODY + 1)
        if _line(stream):
            raise UnreadableBodyError(400, "A chunk is longer than its size states")
    while _line(stream):  # trailers
        pass


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LONGEST_LINE)
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
