"""The checks of a selfie before upstream is called (R3, R4). Nothing is ever decoded.

Sources: ISO/IEC 10918-1 annex B (JPEG markers), the PNG specification section 11.2.1 (IHDR),
ISO/IEC 14496-12 section 4.3 (the `ftyp` box that HEIC starts with).
"""

from dataclasses import dataclass
from typing import Final

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import Image, Selfie

MAXIMUM_PIXELS: Final = 50_000_000

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_SIGNATURE: Final = b"\xff\xd8\xff"
_HEIF_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1")
# Start-of-frame markers carry the size; C4, C8 and CC lie in their range and do not.
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_END_OR_SCAN: Final = frozenset({0xD8, 0xD9, 0xDA, 0x00})
# A camera writes a few dozen segments before the frame; an ICC profile at most 255.
_MAXIMUM_SEGMENTS: Final = 2_000


@dataclass(frozen=True, slots=True)
class SelfieLimits:
    """The stage's limits on the sides of a selfie, in pixels; 0 means no limit."""

    minimum_side: int = 0
    maximum_side: int = 0


def check_selfie(content: bytes, limits: SelfieLimits) -> Selfie:
    """Return the selfie, its format decided by its content and its size read from its header.

    Raises:
        ProblemError: `unsupported_media` when it is no JPEG or PNG, `invalid_selfie` when its size
            cannot be read, is 0, or is outside the limits.
    """
    if not content:
        raise ProblemError("invalid_selfie", "The selfie is empty.")
    kind = _format(content)
    size = _png_size(content) if kind == "png" else _jpeg_size(content)
    if size is None:
        raise ProblemError(
            "invalid_selfie", f"The size of this {kind.upper()} cannot be read: is it whole?"
        )
    _check_size(*size, limits)
    width, height = size
    return Selfie(content, Image(width=width, height=height, format=kind, bytes=len(content)))


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


def _check_size(width: int, height: int, limits: SelfieLimits) -> None:
    shown = f"The selfie is {width} x {height} pixels"
    if width == 0 or height == 0:
        raise ProblemError("invalid_selfie", f"{shown}: there is nothing on it.")
    if width * height > MAXIMUM_PIXELS:
        raise ProblemError(
            "invalid_selfie", f"{shown}; at most {MAXIMUM_PIXELS:,} pixels are taken."
        )
    if min(width, height) < limits.minimum_side:
        raise ProblemError(
            "invalid_selfie", f"{shown}; each side must be at least {limits.minimum_side}."
        )
    if limits.maximum_side and max(width, height) > limits.maximum_side:
        raise ProblemError(
            "invalid_selfie", f"{shown}; each side must be at most {limits.maximum_side}."
        )


def _png_size(content: bytes) -> tuple[int, int] | None:
    # The first chunk must be IHDR: length 13, then width and height as 4-byte big-endian.
    if len(content) < 33 or content[8:16] != b"\x00\x00\x00\x0dIHDR":  # noqa: PLR2004 - 8+8+13+4
        return None
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    for _ in range(_MAXIMUM_SEGMENTS):
        if content[position : position + 1] != b"\xff" or position + 1 >= len(content):
            return None
        marker = content[position + 1]
        if marker in _STANDALONE:
            position += 2
        elif marker == 0xFF:  # noqa: PLR2004 - a fill byte: B.1.1.2 allows any number
            position += 1
        elif marker in _END_OR_SCAN:
            return None
        else:
            length = int.from_bytes(content[position + 2 : position + 4])
            if marker in _START_OF_FRAME:
                return _frame_size(content[position + 4 : position + 2 + length])
            position += 2 + max(length, 2)
    return None


def _frame_size(frame: bytes) -> tuple[int, int] | None:
    # Precision (1 byte), lines (2), samples per line (2), components (1): B.2.2.
    if len(frame) < 6:  # noqa: PLR2004 - as above
        return None
    return int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])
