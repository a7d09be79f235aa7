"""A JPEG file as a chain of segments, read as libjpeg reads it.

Sources: ISO/IEC 10918-1 annex B (markers, segments, scans), JFIF 1.02 (APP0), Exif 2.32 (CIPA
DC-008) 4.5 (APP1), ICC.1 annex B.4 (APP2), CIPA DC-007 (MPF: further pictures behind the first).
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from liveness_gateway.verifications.pictures import exif
from liveness_gateway.verifications.pictures.kept import Kept, Piece

MAXIMUM_SEGMENTS: Final = 100_000
"""A bound on the time. In 4.5 MB so many segments would have 45 bytes each, lengths included;
writers need a few dozen, and some hundred for a picture of many scans."""

SOI: Final = b"\xff\xd8"
_CLOSING: Final = b"\xff\xd9"
EOI, SOS, SCAN = 0xD9, 0xDA, 0x00
_SECOND_SOI: Final = 0xD8
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
# C4 (DHT), C8 (reserved) and CC (DAC) lie in the range of frames. DE (DHP) has a frame's form.
_FRAMES: Final = frozenset({*range(0xC0, 0xD0), 0xDE}) - {0xC4, 0xC8, 0xCC}
# Frames, DHT, DAC, SOS, DQT, DNL, DRI, DHP, EXP.
_DECIDE_PIXELS: Final = (frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)}) - {0xC8}) | {SCAN, EOI}
# What starts a segment. Not FF00 (a data byte), RST0 to RST7 and TEM (they stand alone), and the
# reserved FF02 to FFBF, which no decoder knows: outside of a scan, those are skipped.
_MARKER: Final = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_FRAME_LENGTH: Final = 6
_JFIF_LENGTH, _ADOBE_LENGTH = 14, 12


class Segment(NamedTuple):
    """One segment: bytes `start` to `end` of the file, from its marker (the second byte) on.

    The marker of the entropy-coded data of a scan is `SCAN`. A segment is not `whole` if the file
    ends in it.
    """

    marker: int
    start: int
    end: int
    whole: bool


def segments(content: bytes) -> Iterator[Segment]:
    """Yield the segments behind SOI, to EOI, to the next picture's SOI or to the end of the file.

    Bytes between two segments that are no marker are skipped, as are fill bytes (B.1.1.2). A
    length below 2, which would not even count itself, is read as 2. There are no segments where
    the file does not start with SOI.
    """
    if not content.startswith(SOI):
        return
    position = len(SOI)
    for _ in range(MAXIMUM_SEGMENTS):
        found = _MARKER.search(content, position)
        if found is None:
            return
        start, position = found.span()
        marker = content[start + 1]
        if marker in (EOI, _SECOND_SOI):
            yield Segment(marker, start, position, whole=True)
            return
        end = start + 2 + max(int.from_bytes(content[position : position + 2]), 2)
        position = min(end, len(content))
        yield Segment(marker, start, position, whole=end <= len(content))
        if marker == SOS:
            found = _MARKER.search(content, position)
            start, position = position, found.start() if found else len(content)
            yield Segment(SCAN, start, position, whole=True)


def read_size(content: bytes) -> tuple[int, int] | None:
    """Return (width, height) in pixels, or None where no frame says it before the first scan.

    None, too, where two frames contradict each other: no common decoder reads such a file.
    """
    size = None
    for marker, start, end, _ in segments(content):
        if marker == SOS:
            break
        if marker in _FRAMES:
            # Precision (1 byte), lines (2), samples per line (2), components (1): B.2.2.
            frame = content[start + 4 : end]
            this = int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])
            if len(frame) < _FRAME_LENGTH or size not in (None, this):
                return None
            size = this
    return size


def without_metadata(content: bytes) -> tuple[Piece, ...]:
    """Return the file with the pixels, their colours and the orientation only, in pieces.

    Kept as they are: tables, frames, scans, restart intervals and ICC profile. Kept without what
    else they carry: the headers of JFIF and Adobe, which decide how decoders read the colours.
    The orientation stands in an Exif segment of its own. The order is SOI, JFIF, Exif (both ask
    for the first place; this is the order that writers use), then everything else as it was.

    Left out: all other APPn, comments, bytes between segments, everything behind EOI, and
    application segments behind the first scan, where decoders no longer look for them. A kept
    table or scan that is cut off by the file's end stays so; a cut off APPn goes. Where all that
    follows a scan is left out, an EOI takes its place: decoders need a marker to end the scan.
    """
    jfif, orientation = b"", None
    kept = Kept(content)
    header, unclosed = True, False
    for marker, start, end, whole in segments(content):
        if marker in _DECIDE_PIXELS:
            kept.keep(start, end)
            header = header and marker != SOS
            unclosed = marker == SCAN and end < len(content)
        elif header and whole:
            data = content[start + 4 : end]
            if marker == _APP0:
                jfif = jfif or _jfif(data)
            elif marker == _APP1 and orientation is None and data.startswith(exif.HEADER):
                orientation = _exif(data)
            else:
                kept.add(_colours(marker, data))
    kept.add(_CLOSING if unclosed else b"")
    start_of_image = SOI if content.startswith(SOI) else b""
    first = start_of_image + jfif + (orientation or b"")
    return (first, *kept.pieces()) if first else ()


def _jfif(data: bytes) -> bytes:
    # Name (5 bytes), version (2), density (5), then the sides of the thumbnail (2): now 0.
    if len(data) < _JFIF_LENGTH or not data.startswith(b"JFIF\x00"):
        return b""
    return _segment(_APP0, data[:12] + bytes(2))


def _exif(data: bytes) -> bytes:
    tiff = exif.orientation_only(data)
    return _segment(_APP1, exif.HEADER + tiff) if tiff else b""


def _colours(marker: int, data: bytes) -> bytes:
    if marker == _APP2 and data.startswith(b"ICC_PROFILE\x00"):
        return _segment(marker, data)
    if marker == _APP14 and data.startswith(b"Adobe") and len(data) >= _ADOBE_LENGTH:
        # Name (5 bytes), version (2), flags (4), colour transform (1).
        return _segment(marker, data[:_ADOBE_LENGTH])
    return b""


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2) + data
