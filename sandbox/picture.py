"""The pixel size of a JPEG or PNG, read from its header as the liveness API states it."""

from typing import Literal, NamedTuple

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Start-of-frame markers carry the size; C4, C8 and CC share the range but are not frames.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = 0xFF
_PNG_SIZE_ENDS = 24
_EXIF_BEGINS_WITHIN = 4096
_MOST_EXIF_ENTRIES = 200
_ORIENTATION_TAG = 0x0112
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class Picture(NamedTuple):
    """Format and size in pixels, as stored: the EXIF orientation (1 to 8) is not applied."""

    format: str
    width: int
    height: int
    orientation: int = 1


def measure(content: bytes) -> Picture | None:
    """Read the size from the header; None if the content is no JPEG or PNG with a size."""
    if content.startswith(_PNG):
        size = _png_size(content)
        return Picture("png", *size) if size else None
    if content.startswith(_JPEG):
        size = _jpeg_size(content)
        return Picture("jpeg", *size, _orientation(content)) if size else None
    return None


def _png_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < _PNG_SIZE_ENDS or content[12:16] != b"IHDR":
        return None
    return _positive(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(content) and content[at] == _MARKER:
        marker = content[at + 1]
        if marker == _MARKER:  # fill byte
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker in _FRAMES:
            height = int.from_bytes(content[at + 5 : at + 7])
            return _positive(int.from_bytes(content[at + 7 : at + 9]), height)
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return None


def _positive(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width and height else None


def _orientation(content: bytes) -> int:
    """The orientation in the first EXIF block; 1 where none can be read."""
    start = content.find(b"Exif\0\0", 0, _EXIF_BEGINS_WITHIN) + 6
    if start < len(_JPEG):
        return 1
    order: Literal["little", "big"] = "little" if content[start : start + 2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[start + at : start + at + size], order)

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), _MOST_EXIF_ENTRIES)):
        at = directory + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION_TAG:
            return number(at + 8, 2) if number(at + 8, 2) in range(1, 9) else 1
    return 1
