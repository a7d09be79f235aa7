"""A PNG file as a chain of chunks.

Source: PNG specification, third edition, 5.2 to 5.6 (signature, chunks, their order) and 11
(each chunk).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple
from zlib import crc32

from liveness_gateway.verifications.pictures.exif import orientation_only
from liveness_gateway.verifications.pictures.kept import Kept, Piece

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Length 4, name 4, data, checksum 4: 5.3.
_FRAME_LENGTH: Final = 12
_HEADER: Final = b"\x00\x00\x00\x0dIHDR"
_WHOLE_HEADER: Final = len(_SIGNATURE) + _FRAME_LENGTH + 13
_END: Final = b"\x00\x00\x00\x00IEND\xae\x42\x60\x82"
_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"tRNS"}  # the pixels
    | {b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"}  # their colours
)


class Chunk(NamedTuple):
    """One chunk: bytes `start` to `end` of the file. It is not `whole` if the file ends in it."""

    name: bytes
    start: int
    end: int
    whole: bool


def chunks(content: bytes) -> Iterator[Chunk]:
    """Yield the chunks to IEND or to the end of the file.

    Each takes at least 12 bytes, so a hostile file of 4.5 MB has at most 375,000.
    """
    position = len(_SIGNATURE)
    while position < len(content):
        length = int.from_bytes(content[position : position + 4])
        name = content[position + 4 : position + 8]
        end = position + _FRAME_LENGTH + length
        yield Chunk(name, position, min(end, len(content)), end <= len(content))
        if name == b"IEND":
            return
        position = end


def read_size(content: bytes) -> tuple[int, int] | None:
    """Return (width, height) in pixels, or None unless a whole IHDR is the first chunk (11.2.1)."""
    if len(content) < _WHOLE_HEADER or not content.startswith(_SIGNATURE + _HEADER):
        return None
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def without_metadata(content: bytes) -> tuple[Piece, ...]:
    """Return the file with the pixels, their colours and the orientation only, in pieces.

    Kept as they are: IHDR, PLTE, tRNS, IDAT, cHRM, gAMA, iCCP, sBIT, sRGB, cICP, mDCV, cLLI. An
    eXIf becomes one that holds the orientation, in its place. Everything else and what follows
    IEND is left out. A kept chunk that is cut off by the file's end stays so.
    """
    if not content.startswith(_SIGNATURE):
        return ()
    kept = Kept(content)
    kept.keep(0, len(_SIGNATURE))
    for chunk in chunks(content):
        if chunk.name in _KEPT:
            kept.keep(chunk.start, chunk.end)
        else:
            kept.add(_replaced(content, chunk))
    return kept.pieces()


def _replaced(content: bytes, chunk: Chunk) -> bytes:
    """What takes the place of a chunk that is not kept as it is."""
    if chunk.name == b"IEND":
        return _END[: chunk.end - chunk.start]
    if chunk.name == b"eXIf" and chunk.whole:
        tiff = orientation_only(content[chunk.start + 8 : chunk.end - 4])
        return _chunk(b"eXIf", tiff) if tiff else b""
    return b""


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + crc32(name + data).to_bytes(4)


def parts(content: bytes) -> list[tuple[str, int]]:
    """Return the name and length in bytes of signature, chunks and what follows IEND, in order."""
    listed = [("signature", min(len(_SIGNATURE), len(content)))]
    end = len(_SIGNATURE)
    for chunk in chunks(content):
        listed.append((chunk.name.decode("latin-1"), chunk.end - chunk.start))
        end = chunk.end
    return [*listed, ("after the end", len(content) - end)] if end < len(content) else listed
