"""The multipart body of a request to upstream. The selfie in it is sent from where it is."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from requests_toolbelt import MultipartEncoder

from liveness_gateway.verifications.model import Selfie, decimal_text

_BLOCK: Final = 128 * 1024
_MEDIA_TYPES: Final = {"jpeg": "image/jpeg", "png": "image/png"}
_END_OF_HEADERS: Final = b"\r\n\r\n"


class RequestBody:
    """One body, for one request: it has a boundary of its own.

    Attributes:
        content_type: the header.
        length: in bytes.
    """

    def __init__(self, selfie: Selfie, threshold: Decimal) -> None:
        # A name of our own: the caller's file name is never forwarded (R7).
        kind = selfie.image.format
        encoder = MultipartEncoder(
            {
                "selfie": (f"selfie.{kind}", b"", _MEDIA_TYPES[kind]),
                "threshold": decimal_text(threshold),
            }
        )
        # The encoder would copy the selfie twice, so it writes what stands around it.
        headers, end, rest = encoder.to_string().partition(_END_OF_HEADERS)
        self._pieces = (headers + end, *selfie.pieces, rest)
        self.content_type: str = encoder.content_type
        self.length = sum(map(len, self._pieces))

    def blocks(self) -> Iterator[memoryview]:
        """All of it, in views of at most 128 KiB."""
        for piece in self._pieces:
            view = memoryview(piece)
            for start in range(0, len(view), _BLOCK):
                yield view[start : start + _BLOCK]
