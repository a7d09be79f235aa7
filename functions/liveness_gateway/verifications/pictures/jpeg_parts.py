"""The parts of a JPEG file by name: for tests and documents, which show what is forwarded.

Source: ISO/IEC 10918-1 table B.1 (the markers' names).
"""

from typing import Final

from liveness_gateway.verifications.pictures.jpeg import EOI, SCAN, SOI, segments

_NAMES: Final = {
    SCAN: "scan",
    0xC4: "DHT",
    0xC8: "JPG",
    0xCC: "DAC",
    0xD8: "SOI",
    EOI: "EOI",
    0xDA: "SOS",
    0xDB: "DQT",
    0xDC: "DNL",
    0xDD: "DRI",
    0xDE: "DHP",
    0xDF: "EXP",
    0xFE: "COM",
}
_USES: Final = {
    b"JFIF\x00": " JFIF",
    b"JFXX\x00": " JFXX",
    b"Exif\x00\x00": " Exif",
    b"http://ns.adobe.com/": " XMP",
    b"ICC_PROFILE\x00": " ICC",
    b"MPF\x00": " MPF",
    b"Photoshop 3.0\x00": " IPTC",
    b"Adobe": " Adobe",
}
_LONGEST_USE: Final = max(map(len, _USES))


def parts(content: bytes) -> list[tuple[str, int]]:
    """Return the name and length in bytes of every part: segments, scans, and what is neither.

    `APP1 Exif` is an APP1 that starts as Exif does; a use that is not known here is left out.
    """
    listed = [("SOI", min(len(SOI), len(content)))]
    reached = len(SOI)
    for marker, start, end, _ in segments(content):
        if start > reached:
            listed.append(("between", start - reached))
        listed.append((_name(marker, content[start + 4 : start + 4 + _LONGEST_USE]), end - start))
        reached = end
    return (
        [*listed, ("after the end", len(content) - reached)] if reached < len(content) else listed
    )


def _name(marker: int, data: bytes) -> str:
    if marker in _NAMES:
        return _NAMES[marker]
    if marker < 0xD0:  # noqa: PLR2004 - C0 to CF, without the tables among them, are the frames
        return f"SOF{marker - 0xC0}"
    if marker >= 0xF0:  # noqa: PLR2004 - F0 to FD are reserved for extensions
        return f"JPG{marker - 0xF0}"
    uses = (use for start, use in _USES.items() if data.startswith(start))
    return f"APP{marker - 0xE0}" + next(uses, "")
