"""Everything besides pixels that pictures carry, with a canary in each place."""

import struct
import zlib
from collections.abc import Callable
from typing import Final

from tests.images import JFIF, chunk, drawn, ftyp, segment
from tests.unit.pictures.drawings import in_front

CANARY: Final = b"CANARY"
Place = Callable[[bytes], bytes]
"""Puts one kind of metadata into a picture."""
Tag = tuple[int, int, int, bytes]
"""Tag, type, number of values, and the values' bytes, in the directory's byte order."""

SHORT, LONG, ASCII, UNDEFINED = 3, 4, 2, 7


def directory(order: str, at: int, tags: list[Tag], following: int = 0) -> bytes:
    """A TIFF directory that stands at this offset, its longer values behind it."""
    entries, values = b"", b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag, kind, number, value in tags:
        entries += struct.pack(order + "HHI", tag, kind, number)
        if len(value) > 4:
            entries += struct.pack(order + "I", behind + len(values))
            values += value + bytes(len(value) % 2)
        else:
            entries += value.ljust(4, b"\x00")
    return (
        struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following) + values
    )


def tiff(order: str, *directories: bytes) -> bytes:
    mark = b"II\x2a\x00" if order == "<" else b"MM\x00\x2a"
    return mark + struct.pack(order + "I", 8) + b"".join(directories)


def text(tag: int, value: bytes) -> Tag:
    return tag, ASCII, len(value) + 1, value + b"\x00"


def orientation(order: str, value: int) -> Tag:
    return 0x0112, SHORT, 1, struct.pack(order + "H", value)


def camera(order: str, turned: int | None) -> bytes:
    """Exif as a phone writes it: device, owner, place, maker note, and a thumbnail."""
    thumbnail = drawn("JPEG", 16, 12, comment=CANARY)
    place = b"".join(struct.pack(order + "II", part, 1) for part in (60, 10, 15))
    gps = directory(order, 2000, [(1, ASCII, 2, b"N\x00"), (2, 5, 3, place), text(0x1D, CANARY)])
    note = b"Apple iOS\x00" + CANARY
    user = b"ASCII\x00\x00\x00" + CANARY
    private = [(0x927C, UNDEFINED, len(note), note), (0x9286, UNDEFINED, len(user), user)]
    second = [(0x0103, SHORT, 1, struct.pack(order + "H", 6))]
    second += [(0x0201, LONG, 1, struct.pack(order + "I", 3000))]
    second += [(0x0202, LONG, 1, struct.pack(order + "I", len(thumbnail)))]
    first = [text(0x010E, CANARY), text(0x010F, CANARY), text(0x0110, b"Phone " + CANARY)]
    first += [orientation(order, turned)] if turned else []
    first += [text(0x0132, b"2026:01:02 03:04:05"), text(0x013B, CANARY)]
    first += [(0x8769, LONG, 1, struct.pack(order + "I", 1000))]
    first += [(0x8825, LONG, 1, struct.pack(order + "I", 2000))]
    data = tiff(order, directory(order, 8, first, following=2500)).ljust(1000, b"\x00")
    data = (data + directory(order, 1000, private)).ljust(2000, b"\x00")
    data = (data + gps).ljust(2500, b"\x00")
    return (data + directory(order, 2500, second)).ljust(3000, b"\x00") + thumbnail


def exif(data: bytes) -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + data)


def behind_header(*segments: bytes) -> Place:
    """Puts segments where writers put them: behind SOI and JFIF."""

    def put(content: bytes) -> bytes:
        at = _end_of_header(content)
        return content[:at] + b"".join(segments) + content[at:]

    return put


def _end_of_header(content: bytes) -> int:
    return 4 + int.from_bytes(content[4:6]) if content[2:4] == b"\xff\xe0" else 2


def _at_end(trailer: bytes) -> Place:
    return lambda content: content + trailer


def _in_front(name: bytes, *chunks: bytes) -> Place:
    return lambda content: in_front(content, name, *chunks)


def _jfif_thumbnail(content: bytes) -> bytes:
    header = segment(0xE0, JFIF[4:16] + b"\x02\x01" + CANARY)
    return content[:2] + header + content[_end_of_header(content) :]


def _everywhere(content: bytes) -> bytes:
    """A comment and stray bytes in front of most segments, also between the scans."""
    stray = CANARY + b"\xff\x00" + CANARY
    for marker in (b"\xff\xdb", b"\xff\xc4", b"\xff\xda", b"\xff\xd9"):
        content = content.replace(marker, segment(0xFE, CANARY) + stray + b"\xff\xff" + marker)
    return content


MP4: Final = ftyp(b"mp42") + CANARY * 50
SECOND: Final = drawn("JPEG", 31, 33, comment=CANARY)
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
_MORE_XMP: Final = b"http://ns.adobe.com/xmp/extension/\x00" + CANARY * 1000
_IPTC: Final = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0b\x1c\x02\x50\x00\x06" + CANARY
_MPF_TAGS: Final[list[Tag]] = [
    (0xB000, UNDEFINED, 4, b"0100"),
    (0xB001, LONG, 1, b"\x00\x00\x00\x02"),
    (0xB002, UNDEFINED, 32, b"\x20\x03\x00\x00".ljust(16, b"\x00") + bytes(16)),
    text(0xB003, CANARY),
]
_MPF: Final = b"MPF\x00" + tiff(">", directory(">", 8, _MPF_TAGS))
_OTHERS: Final = [segment(0xE0 + number, b"Other\x00" + CANARY) for number in range(16)]

IN_JPEG: Final[dict[str, Place]] = {
    "nothing": behind_header(),
    "Exif, big endian": behind_header(exif(camera(">", 6))),
    "Exif, little endian": behind_header(exif(camera("<", 3))),
    "Exif, upright": behind_header(exif(camera("<", 1))),
    "Exif, no orientation": behind_header(exif(camera(">", None))),
    "XMP": behind_header(segment(0xE1, _XMP), *[segment(0xE1, _MORE_XMP)] * 3),
    "IPTC": behind_header(segment(0xED, _IPTC)),
    "comment": behind_header(segment(0xFE, CANARY)),
    "JFIF thumbnail": _jfif_thumbnail,
    "JFXX thumbnail": behind_header(segment(0xE0, b"JFXX\x00\x10" + SECOND)),
    "second picture": lambda content: behind_header(segment(0xE2, _MPF))(content) + SECOND,
    "video": _at_end(MP4),
    "maker's trailer": _at_end(bytes(9) + CANARY + b"SEFT"),
    "every APPn": behind_header(*_OTHERS),
    "everywhere": _everywhere,
}
_ANIMATION: Final = chunk(b"acTL", struct.pack(">II", 2, 0))


def _animation_frame(number: int, size: bytes) -> bytes:
    return chunk(b"fcTL", number.to_bytes(4) + size + bytes(8) + struct.pack(">HHBB", 1, 10, 0, 0))


def _animated(*, first: bool) -> Place:
    """An animation whose first frame is the picture, or for which the picture only stands in."""

    def put(content: bytes) -> bytes:
        own = _animation_frame(0, content[16:24]) if first else b""
        later = _animation_frame(int(first), struct.pack(">II", 1, 1))
        data = (int(first) + 1).to_bytes(4) + zlib.compress(bytes(9)) + CANARY
        content = in_front(content, b"IDAT", _ANIMATION, own)
        return in_front(content, b"IEND", later, chunk(b"fdAT", data))

    return put


IN_PNG: Final[dict[str, Place]] = {
    "nothing": _in_front(b"IDAT"),
    "eXIf, big endian": _in_front(b"IDAT", chunk(b"eXIf", camera(">", 8))),
    "eXIf, little endian": _in_front(b"IDAT", chunk(b"eXIf", camera("<", 5))),
    "eXIf, upright": _in_front(b"IDAT", chunk(b"eXIf", camera(">", 1))),
    "eXIf behind the pixels": _in_front(b"IEND", chunk(b"eXIf", camera(">", 2))),
    "tEXt": _in_front(b"IDAT", chunk(b"tEXt", b"Author\x00" + CANARY)),
    "zTXt": _in_front(b"IDAT", chunk(b"zTXt", CANARY + b"\x00\x00" + zlib.compress(CANARY * 99))),
    "iTXt": _in_front(b"IEND", chunk(b"iTXt", b"XML\x00\x00\x00\x00\x00" + CANARY)),
    "time and resolution": _in_front(
        b"IDAT", chunk(b"tIME", b"\x07\xea\x01\x02\x03\x04\x05"), chunk(b"pHYs", bytes(8) + b"\x01")
    ),
    "private": _in_front(b"IDAT", chunk(b"caNv", CANARY), chunk(b"vpAg", CANARY)),
    "animation": _animated(first=False),
    "animation that starts with it": _animated(first=True),
    "video": _at_end(MP4),
    "second picture": _at_end(SECOND),
}


def all_of(places: dict[str, Place], *left_out: str) -> Place:
    """All these kinds in one picture but those left out, the first of them innermost."""
    chosen = [place for name, place in places.items() if name not in left_out]

    def put(content: bytes) -> bytes:
        for place in chosen:
            content = place(content)
        return content

    return put


IN_JPEG["all"] = all_of(
    {"everywhere": _everywhere} | IN_JPEG,
    *("Exif, upright", "Exif, no orientation", "Exif, big endian"),
)
IN_PNG["all"] = all_of(
    IN_PNG,
    *("eXIf, upright", "eXIf behind the pixels", "eXIf, big endian"),
    "animation that starts with it",
)
