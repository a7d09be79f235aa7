"""Pictures of every kind that Pillow writes, and an interlaced PNG written by hand."""

import struct
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms

from tests.images import chunk, drawn, jpeg_header, png_header

PROFILE: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIDES: Final = 23, 17


def noise(kind: str, width: int = 64, height: int = 48, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own options
    """A picture that compresses badly: its scan is full of FF bytes."""
    channels = [Image.effect_noise((width, height), 200) for _ in "RGB"]
    file = BytesIO()
    Image.merge("RGB", channels).save(file, kind, **options)
    return file.getvalue()


def interlaced() -> bytes:
    """A PNG with the seven passes of Adam7 (PNG specification 8.2)."""
    width, height = SIDES
    rows = b""
    for left, top, across, down in (
        *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
        *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
    ):
        for y in range(top, height, down):
            points = [(x * 9 % 256, y * 13 % 256, x * y % 256) for x in range(left, width, across)]
            rows += b"\x00" + b"".join(bytes(point) for point in points)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return png_header(1, 1)[:8] + b"".join(parts)


def in_front(content: bytes, name: bytes, *chunks: bytes) -> bytes:
    """The PNG with these chunks in front of the first chunk of this name."""
    at = content.index(name) - 4
    return content[:at] + b"".join(chunks) + content[at:]


def _without_jfif(content: bytes) -> bytes:
    assert content[2:4] == b"\xff\xe0"
    return jpeg_header(content[20:])


def _coloured() -> bytes:
    """A PNG with every chunk that says what its numbers mean as colours."""
    return in_front(
        drawn("PNG", *SIDES),
        b"IDAT",
        chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"sRGB", b"\x00"),
        chunk(b"sBIT", b"\x08\x08\x08"),
        chunk(b"cICP", b"\x01\x0d\x00\x01"),
        chunk(b"mDCV", bytes(24)),
        chunk(b"cLLI", bytes(8)),
    )


JPEGS: Final = {
    "4:4:4": drawn("JPEG", *SIDES, subsampling=0),
    "4:2:2": drawn("JPEG", *SIDES, subsampling=1),
    "4:2:0": drawn("JPEG", *SIDES, subsampling=2),
    "progressive": drawn("JPEG", *SIDES, progressive=True),
    "progressive 4:4:4": drawn("JPEG", *SIDES, progressive=True, subsampling=0, quality=95),
    "grey": drawn("JPEG", *SIDES, "L"),
    "progressive grey": drawn("JPEG", *SIDES, "L", progressive=True),
    "CMYK": drawn("JPEG", *SIDES, "CMYK"),
    "RGB without JFIF": drawn("JPEG", *SIDES, keep_rgb=True),
    "YCbCr without JFIF": _without_jfif(drawn("JPEG", *SIDES)),
    "restart intervals": noise("JPEG", restart_marker_blocks=1),
    "progressive, restart intervals": noise("JPEG", progressive=True, restart_marker_rows=1),
    "optimised": drawn("JPEG", *SIDES, optimize=True),
    "noise": noise("JPEG", quality=100),
    "quality 1": drawn("JPEG", *SIDES, quality=1),
    "one pixel": drawn("JPEG", 1, 1),
    "profile": drawn("JPEG", *SIDES, icc_profile=PROFILE),
    "profile of three segments": drawn("JPEG", *SIDES, icc_profile=PROFILE + bytes(150_000)),
}
PNGS: Final = {
    "1": drawn("PNG", *SIDES, "1"),
    "L": drawn("PNG", *SIDES, "L"),
    "LA": drawn("PNG", *SIDES, "LA"),
    "P": drawn("PNG", *SIDES, "P"),
    "P with tRNS": drawn("PNG", *SIDES, "P", transparency=7),
    "RGB": drawn("PNG", *SIDES),
    "RGB with tRNS": drawn("PNG", *SIDES, transparency=(90, 90, 90)),
    "RGBA": drawn("PNG", *SIDES, "RGBA"),
    "I;16": drawn("PNG", *SIDES, "I;16"),
    "interlaced": interlaced(),
    "several IDAT": noise("PNG", 300, 200),
    "colours": _coloured(),
    "profile": drawn("PNG", *SIDES, icc_profile=PROFILE),
}
