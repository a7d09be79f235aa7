"""Image files for tests: real ones drawn by Pillow, and headers written by hand.

They show no person: gradients and rectangles only.
"""

import struct
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw


def drawn(kind: str, width: int = 95, height: int = 71, mode: str = "RGB", **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own options
    """A picture in a format Pillow writes (`JPEG`, `PNG`, `WEBP`, ...)."""
    picture = Image.linear_gradient("L").resize((width, height)).convert(mode)
    if mode in {"RGB", "L"}:
        box = (width // 4, height // 4, max(width // 4, width // 2), max(height // 4, height // 2))
        ImageDraw.Draw(picture).rectangle(box, fill=90)
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG marker segment: marker, length (which counts itself), content."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content


def frame(width: int, height: int, *, marker: int = 0xC0, precision: int = 8) -> bytes:
    """A start-of-frame segment with three components."""
    components = b"\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    head = struct.pack(">BHHB", precision, height, width, 3)
    return segment(marker, head + components)


def jpeg_header(*segments: bytes) -> bytes:
    """A JPEG made of these segments; there are no pixels in it."""
    return b"\xff\xd8" + b"".join(segments)


JFIF: Final = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")


def exif_with_thumbnail(thumbnail: bytes) -> bytes:
    """An APP1 segment that carries a whole JPEG of its own, as cameras write it."""
    return segment(0xE1, b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00" + thumbnail)


def chunk(name: bytes, content: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(content)) + name + content + zlib.crc32(name + content).to_bytes(4)


def png_header(width: int, height: int) -> bytes:
    """The signature and IHDR of a PNG; there are no pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)


def zlib_bomb_png(megabytes: int = 50) -> bytes:
    """A small PNG whose compressed text chunk would swell to this size."""
    text = zlib.compress(b"\0" * (megabytes * 1024 * 1024), 9)
    return png_header(95, 71) + chunk(b"zTXt", b"Comment\x00\x00" + text)


def ftyp(brand: bytes) -> bytes:
    """The box HEIC, AVIF and MP4 files start with."""
    content = brand + b"\x00\x00\x00\x00mif1" + brand
    return (8 + len(content)).to_bytes(4) + b"ftyp" + content + b"\x00\x00\x00\x08mdat"


NOT_TAKEN: Final = {
    "gif": drawn("GIF"),
    "webp": drawn("WEBP"),
    "avif": drawn("AVIF"),
    "tiff": drawn("TIFF"),
    "bmp": drawn("BMP"),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    "jpeg xl": b"\xff\x0a\xfa\x7f\x01\x90\x08\x06\x01",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "mp4": ftyp(b"isom"),
    "zip": b"PK\x03\x04\x14\x00",
    "html": b"<!doctype html><title>selfie</title>",
    "text": "ein Selfie: ich".encode("utf-16"),
    "base64 of a jpeg": b"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA==",
    "data url": b"data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ==",
    "one byte": b"\xff",
    "jpeg cut in its signature": b"\xff\xd8",
    "png cut in its signature": b"\x89PNG\r\n\x1a",
    "png spoilt by a text transfer": b"\x89PNG\n\x1a\n" + b"\x00\x00\x00\rIHDR",
    "leading line end": b"\r\n" + drawn("JPEG"),
}
"""Content that is neither JPEG nor PNG, whatever its name or declared type says."""
