"""The multipart body of a request to upstream. The selfie in it is sent from where it is."""

import secrets
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from requests_toolbelt import MultipartEncoder

from liveness_gateway.verifications.model import Selfie, decimal_text

_BLOCK: Final = 256 * 1024
_MEDIA_TYPES: Final = {"jpeg": "image/jpeg", "png": "image/png"}
_END_OF_HEADERS: Final = b"\r\n\r\n"
# Stands for the boundary in what the encoder writes, where the word occurs nowhere else.
_BOUNDARY: Final = "boundary"


class RequestBody:
    """One body, for one request: it has a boundary of its own.

    Attributes:
        content_type: the header.
        length: in bytes.
    """

    def __init__(self, selfie: Selfie, threshold: Decimal) -> None:
        boundary = secrets.token_hex(16)
        written = _around(selfie.image.format, decimal_text(threshold))
        front, rest = (text.replace(_BOUNDARY.encode(), boundary.encode()) for text in written)
        self._pieces = (front, *selfie.pieces, rest)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.length = sum(map(len, self._pieces))

    def blocks(self) -> Iterator[memoryview]:
        """All of it, in views of at most 256 KiB."""
        for piece in self._pieces:
            view = memoryview(piece)
            for start in range(0, len(view), _BLOCK):
                yield view[start : start + _BLOCK]


@lru_cache(maxsize=64)
def _around(kind: str, threshold: str) -> tuple[bytes, bytes]:
    """What stands in front of a selfie and behind it.

    The encoder would copy the selfie twice, and is a thirtieth of a request: it writes this once
    for each format and threshold.
    """
    # A name of our own: the caller's file name is never forwarded (R7).
    selfie = (f"selfie.{kind}", b"", _MEDIA_TYPES[kind])
    encoder = MultipartEncoder({"selfie": selfie, "threshold": threshold}, boundary=_BOUNDARY)
    headers, end, rest = encoder.to_string().partition(_END_OF_HEADERS)
    return headers + end, rest
