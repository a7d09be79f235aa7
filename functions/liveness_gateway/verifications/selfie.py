"""The checks of a selfie before upstream is called (R3, R4). Nothing is ever decoded.

Source of the HEIC rule: ISO/IEC 14496-12 section 4.3 (the `ftyp` box that HEIC starts with).
"""

from typing import Final

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Image, Selfie
from liveness_gateway.verifications.pictures.picture import read_size

MAXIMUM_PIXELS: Final = 50_000_000

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_SIGNATURE: Final = b"\xff\xd8\xff"
_HEIF_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1")


def check_selfie(content: bytes) -> Selfie:
    """Return the selfie, its format decided by its content and its size read from its header.

    Raises:
        ProblemError: `unsupported_media` when it is no JPEG or PNG, `invalid_selfie` when its size
            cannot be read, is 0, or is above 50 megapixels.
    """
    if not content:
        raise ProblemError("invalid_selfie", "The selfie is empty.")
    kind = _format(content)
    size = read_size(content, kind)
    if size is None:
        raise ProblemError(
            "invalid_selfie",
            f"The size of this {kind.upper()} cannot be read: its header is damaged or cut off.",
        )
    _check_size(*size)
    width, height = size
    return Selfie((content,), Image(width=width, height=height, format=kind, bytes=len(content)))


def _format(content: bytes) -> str:
    if content.startswith(_PNG_SIGNATURE):
        return "png"
    if content.startswith(_JPEG_SIGNATURE):
        return "jpeg"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        raise ProblemError(
            "unsupported_media",
            "This is a HEIC image, as phones store it. Convert it to JPEG: a browser does so when "
            'the file input says accept="image/jpeg,image/png", or draw it on a canvas.',
        )
    raise ProblemError("unsupported_media", "The selfie is neither a JPEG nor a PNG.")


def _check_size(width: int, height: int) -> None:
    shown = f"The selfie is {width} x {height} pixels"
    if width == 0 or height == 0:
        raise ProblemError("invalid_selfie", f"{shown}; neither side may be 0.")
    if width * height > MAXIMUM_PIXELS:
        raise ProblemError(
            "invalid_selfie", f"{shown}; at most {MAXIMUM_PIXELS:,} pixels are taken."
        )
