"""What of a PNG is forwarded, in which order, and what of one that is cut off or lies."""

import pytest

from liveness_gateway.verifications.pictures.picture import parts, read_size
from tests.images import chunk, drawn, png_header
from tests.plain_pictures import without_metadata
from tests.unit.pictures.drawings import PNGS, in_front
from tests.unit.pictures.hidden import (
    CANARY,
    IN_PNG,
    MP4,
    camera,
    directory,
    orientation,
    tiff,
)
from tests.unit.pictures.looking import look, look_if_possible

SIGNATURE = png_header(1, 1)[:8]
TURNED = chunk(b"eXIf", tiff(">", directory(">", 8, [orientation(">", 6)])))
END = chunk(b"IEND", b"")


def cut(content: bytes) -> bytes:
    return without_metadata(content, "png")


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_every_orientation_is_kept_in_its_place(turned: int, order: str, before: bytes) -> None:
    content = in_front(drawn("PNG"), before, chunk(b"eXIf", camera(order, turned)))
    assert look(content).orientation == look(cut(content)).orientation == turned
    small = chunk(b"eXIf", tiff(">", directory(">", 8, [orientation(">", turned)])))
    assert cut(content) == (in_front(drawn("PNG"), before, small) if turned > 1 else drawn("PNG"))


def test_exif_with_the_header_of_a_jpeg() -> None:
    content = in_front(drawn("PNG"), b"IDAT", chunk(b"eXIf", b"Exif\x00\x00" + TURNED[8:-4]))
    assert look(content).orientation == look(cut(content)).orientation == 6


def test_exif_is_whole_or_left_out() -> None:
    for length in range(22, 27):
        content = png_header(9, 9) + chunk(b"eXIf", TURNED[8:][:length])
        assert cut(content + END) == content + END
        assert cut(content[:-1]) == png_header(9, 9)


@pytest.mark.parametrize("kind", PNGS)
def test_what_follows_the_end_is_left_out(kind: str) -> None:
    for trailer in (MP4, END, chunk(b"tEXt", CANARY), b"\x00"):
        assert cut(PNGS[kind] + trailer) == PNGS[kind]


def test_an_end_that_carries_something() -> None:
    assert cut(png_header(9, 9) + chunk(b"IEND", CANARY) + CANARY) == png_header(9, 9) + END


@pytest.mark.parametrize(
    "name",
    [b"bKGD", b"hIST", b"sPLT", b"sTER", b"oFFs", b"iDOT", b"CgBI", b"tEXT", b"idat", b"\0\1\2\3"],
)
def test_other_chunks_are_left_out(name: bytes) -> None:
    assert cut(png_header(9, 9) + chunk(name, CANARY) + END) == png_header(9, 9) + END


def test_a_wrong_checksum_stays_wrong() -> None:
    content = bytearray(drawn("PNG"))
    content[-15] ^= 1
    assert cut(bytes(content)) == bytes(content)


@pytest.mark.parametrize("content", [b"", SIGNATURE[:7], drawn("JPEG"), b"\n" + drawn("PNG")])
def test_what_is_no_png_leaves_nothing(content: bytes) -> None:
    assert cut(content) == b""


@pytest.mark.parametrize("place", IN_PNG)
def test_no_metadata_is_left_of_a_picture_that_is_cut_off(place: str) -> None:
    content = IN_PNG[place](drawn("PNG"))
    for length in range(len(content)):
        result = cut(content[:length])
        assert CANARY[:4] not in result
        assert len(result) <= length


def test_what_is_left_of_the_pixels_stays() -> None:
    content = IN_PNG["eXIf, big endian"](PNGS["several IDAT"])
    seen = [
        (look_if_possible(content[:length], cut_off=True), cut(content[:length]))
        for length in range(len(content) // 2, len(content), len(content) // 30)
    ]
    assert any(before is not None for before, _ in seen)
    assert all(look_if_possible(after, cut_off=True) == before for before, after in seen)


def test_a_chunk_longer_than_the_file() -> None:
    for length in (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x7f"):
        for name in (b"tEXt", b"eXIf", b"abCD"):
            assert cut(png_header(9, 9) + length + name + CANARY) == png_header(9, 9)


def test_the_size() -> None:
    assert read_size(png_header(95, 71), "png") == (95, 71)
    assert read_size(png_header(2**32 - 1, 0), "png") == (2**32 - 1, 0)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(png_header(95, 71)[:-1], id="header cut off"),
        pytest.param(SIGNATURE + chunk(b"CgBI", bytes(4)) + png_header(9, 9)[8:], id="CgBI first"),
        pytest.param(SIGNATURE + chunk(b"IHDR", bytes(12)) * 2, id="short IHDR"),
        pytest.param(SIGNATURE + chunk(b"ihdr", bytes(13)), id="ihdr"),
    ],
)
def test_without_a_whole_header_there_is_no_size(content: bytes) -> None:
    assert read_size(content, "png") is None


def test_the_parts() -> None:
    content = IN_PNG["all"](drawn("PNG"))
    listed = parts(content, "png")
    assert sum(length for _, length in listed) == len(content)
    assert {name for name, _ in listed} > {"tEXt", "zTXt", "iTXt", "acTL", "after the end"}
    names = [name for name, _ in parts(cut(content), "png")]
    assert names == ["signature", "IHDR", "eXIf", "IDAT", "IEND"]
    assert parts(b"\x89PN", "png") == [("signature", 3)]
