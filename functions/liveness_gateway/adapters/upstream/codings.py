"""Content codings that nobody asked for, undone, and bounded after decoding (RFC 9110, 8.4)."""

import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from liveness_gateway.adapters.upstream.replies import AnswerLostError

_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
_RAW: Final = -zlib.MAX_WBITS
# "deflate" means zlib's format; some servers send it without zlib's frame.
_FORMATS: Final = {
    "gzip": (_GZIP_OR_ZLIB,),
    "x-gzip": (_GZIP_OR_ZLIB,),
    "deflate": (_GZIP_OR_ZLIB, _RAW),
}
_MOST_CODINGS: Final = 5
_MOST_MEMBERS: Final = 100
_GZIP_MEMBER: Final = b"\x1f\x8b"
_MARK_OR_SPACE: Final = b"\xef\xbb\xbf \t\r\n"


def decode(data: bytes, codings: Sequence[str], most: int, *, whole: bool = True) -> bytes:
    """Undo codings that were applied in this order; the result has at most `most` bytes.

    JSON that is said to be coded and is not is returned as it is: an intermediary has decoded it
    and left the header. No coded data begins like JSON.

    If not `whole`, the start of what can be decoded is enough.

    Raises:
        AnswerLostError: `answer_coding`, it cannot be decoded; `answer_too_large`, it is more.
    """
    if len(codings) > _MOST_CODINGS:
        raise AnswerLostError("answer_coding")
    for coding in reversed(codings):
        if data and data.lstrip(_MARK_OR_SPACE)[:1] not in (b"{", b"["):
            data = _decode_one(data, coding, most, whole=whole)
    return data


def _decode_one(data: bytes, coding: str, most: int, *, whole: bool) -> bytes:
    for bits in _FORMATS.get(coding, ()):
        with suppress(zlib.error):
            return _inflate(data, bits, most, whole=whole)
    raise AnswerLostError("answer_coding")


def _inflate(data: bytes, bits: int, most: int, *, whole: bool) -> bytes:
    """Decompress; gzip may have several members, and padding after the last."""
    result = bytearray()
    for _ in range(_MOST_MEMBERS):
        stream = zlib.decompressobj(bits)
        result += stream.decompress(data, most + 1 - len(result))
        if len(result) > most and whole:
            raise AnswerLostError("answer_too_large")
        if not whole and (len(result) > most or not stream.eof):
            return bytes(result[:most])
        if not stream.eof:
            raise zlib.error("it is cut")
        data = stream.unused_data
        if not data.startswith(_GZIP_MEMBER):
            return bytes(result)
    raise zlib.error("more members than an answer has")
