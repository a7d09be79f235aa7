"""The orientation in Exif data, and Exif data that holds nothing else.

Sources: Exif 2.32 (CIPA DC-008) 4.5 and 4.6 (a TIFF file whose first directory has the tag
Orientation), TIFF 6.0 section 2 (header, directories, entries).
"""

from struct import iter_unpack
from typing import Final, Literal

UPRIGHT: Final = 1
HEADER: Final = b"Exif\x00\x00"

_BYTE_ORDERS: Final[dict[bytes, Literal["little", "big"]]] = {
    b"II\x2a\x00": "little",
    b"MM\x00\x2a": "big",
}
_TIFF_HEADER_LENGTH: Final = 8
_ENTRY_LENGTH: Final = 12
_ORIENTATION: Final = 0x0112
# The standard says SHORT; some writers take LONG, and decoders read it.
_SHORT, _LONG = 3, 4
_VALUE_LENGTHS: Final = {_SHORT: 2, _LONG: 4}
_ORIENTATIONS: Final = range(1, 9)


def read_orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8; 1 (upright) where none can be read.

    Only the first directory is read, so directories that lead to each other in a circle do no
    harm. A directory that says it is longer than the data is read as far as it goes. Of several
    orientations the first one counts, as in Pillow.

    Args:
        exif: the TIFF file, with or without the header that JPEG puts before it.
    """
    tiff = exif.removeprefix(HEADER)
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    directory = int.from_bytes(tiff[4:8], order)
    if directory < _TIFF_HEADER_LENGTH:
        return UPRIGHT
    count = int.from_bytes(tiff[directory : directory + 2], order)
    entries = tiff[directory + 2 :][: count * _ENTRY_LENGTH]
    return _first_orientation(entries[: len(entries) // _ENTRY_LENGTH * _ENTRY_LENGTH], order)


def _first_orientation(entries: bytes, order: Literal["little", "big"]) -> int:
    layout = ("<" if order == "little" else ">") + "HHI4s"
    for tag, kind, values, value in iter_unpack(layout, entries):
        if tag == _ORIENTATION and values == 1 and kind in _VALUE_LENGTHS:
            orientation = int.from_bytes(value[: _VALUE_LENGTHS[kind]], order)
            return orientation if orientation in _ORIENTATIONS else UPRIGHT
    return UPRIGHT


def orientation_only(exif: bytes) -> bytes:
    """Return a TIFF file that says the same orientation and nothing else; empty where upright.

    It is at most 26 bytes long and never longer than the TIFF file that it replaces: where that
    one ends right behind its directory's entries, without the offset of a next directory, this
    one does so, too.
    """
    orientation = read_orientation(exif)
    if orientation == UPRIGHT:
        return b""
    header = b"MM\x00\x2a" + _TIFF_HEADER_LENGTH.to_bytes(4)
    tag = _ORIENTATION.to_bytes(2) + _SHORT.to_bytes(2) + (1).to_bytes(4)
    entry = tag + orientation.to_bytes(2) + bytes(2)
    no_next_directory = bytes(4)
    tiff = header + (1).to_bytes(2) + entry + no_next_directory
    return tiff[: len(exif.removeprefix(HEADER))]
