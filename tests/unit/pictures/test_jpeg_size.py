"""The size of a JPEG, read from all that common decoders open."""

from pathlib import Path

import pytest

from liveness_gateway.verifications.pictures.jpeg import MAXIMUM_SEGMENTS
from liveness_gateway.verifications.pictures.picture import read_size
from tests.images import JFIF, drawn, exif_with_thumbnail, frame, jpeg_header, segment
from tests.plain_pictures import without_metadata
from tests.unit.pictures.drawings import JPEGS
from tests.unit.pictures.looking import look

FROM_THE_FIELD = Path(__file__).parents[2] / "field_reports" / "inputs"
COMMENT = segment(0xFE, b"")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")


def size(content: bytes) -> tuple[int, int] | None:
    return read_size(content, "jpeg")


def spoilt(*parts: bytes) -> bytes:
    """A real JPEG with these bytes behind its JFIF header."""
    return drawn("JPEG")[:20] + b"".join(parts) + drawn("JPEG")[20:]


@pytest.mark.parametrize(
    "name",
    ["plain", "garbage-1", "garbage-7", "comment-short-length", "exif-padded"],
)
def test_pictures_as_people_reported_them(name: str) -> None:
    """Sources: python-pillow/Pillow#1337 and #630, image-size/image-size#392."""
    content = (FROM_THE_FIELD / f"{name}.jpg").read_bytes()
    plain = (FROM_THE_FIELD / "plain.jpg").read_bytes()
    assert size(content) == (320, 240) == look(content).size
    assert without_metadata(content, "jpeg") == plain


@pytest.mark.parametrize(
    "stray",
    [
        pytest.param(b"\x00", id="a zero"),
        pytest.param(b"\n" * 7, id="line ends"),
        pytest.param(b"\xff\x00", id="a stuffed byte"),
        pytest.param(b"\xff\x00\xff\x00\xc0" * 9, id="stuffed bytes"),
        pytest.param(b"\xff" * 100_000, id="fill bytes"),
        pytest.param(b"\xff\xff\x00\xff", id="fill bytes and a stuffed byte"),
        pytest.param(bytes(range(255)) * 400, id="everything but FF"),
        pytest.param(b"\xff\xd0\xff\xd7", id="restarts"),
        pytest.param(b"\xff\xfe\x00\x00", id="a comment of length 0"),
        pytest.param(b"\xff\xfe\x00\x01", id="a comment of length 1"),
        pytest.param(b"\xff\xe1\x00\x00Exif\x00\x00", id="an Exif of length 0"),
        pytest.param(b"\xff\xfe\x00\x03longer", id="a comment longer than it says"),
        pytest.param(segment(0xFE, b"\xff\xc0\x00\x11\x08" + bytes(12)), id="a frame in a comment"),
        pytest.param(COMMENT * 5_000, id="thousands of segments"),
        pytest.param(segment(0xE5, b"\x00" * 65_533) * 20, id="the longest segments"),
    ],
)
def test_what_decoders_skip_is_skipped(stray: bytes) -> None:
    content = spoilt(stray)
    assert size(content) == (95, 71)
    assert look(content) == look(drawn("JPEG"))
    assert without_metadata(content, "jpeg") == drawn("JPEG")


@pytest.mark.parametrize("alone", [b"\xff\x01", b"\xff\xbf", b"\xff\x02\xff\x80"])
def test_reserved_markers_are_skipped(alone: bytes) -> None:
    assert size(spoilt(alone)) == (95, 71)


@pytest.mark.parametrize("marker", sorted({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}))
def test_every_kind_of_frame_says_its_size(marker: int) -> None:
    assert size(jpeg_header(JFIF, frame(640, 480, marker=marker))) == (640, 480)


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC, 0xF7, 0xFD])
def test_other_segments_are_no_frames(marker: int) -> None:
    misleading = frame(1, 2, marker=marker)
    assert size(jpeg_header(JFIF, misleading, frame(640, 480))) == (640, 480)


def test_a_frame_that_is_repeated_says_its_size() -> None:
    assert size(jpeg_header(frame(640, 480), frame(640, 480, marker=0xC2), SCAN)) == (640, 480)


@pytest.mark.parametrize("second", [frame(640, 481), frame(641, 480), frame(1, 1, marker=0xDE)])
def test_frames_that_contradict_each_other_say_nothing(second: bytes) -> None:
    assert size(jpeg_header(frame(640, 480), second, SCAN)) is None
    assert size(jpeg_header(second, frame(640, 480), SCAN)) is None


def test_what_stands_behind_the_scan_is_not_read() -> None:
    assert size(jpeg_header(frame(640, 480), SCAN, b"\x12", frame(1, 1))) == (640, 480)


def test_the_thumbnail_is_not_the_picture() -> None:
    thumbnail = exif_with_thumbnail(drawn("JPEG", 16, 12))
    assert size(jpeg_header(thumbnail, JFIF, frame(4000, 3000))) == (4000, 3000)


@pytest.mark.parametrize("sides", [(0, 71), (95, 0), (65_535, 65_535)])
def test_the_size_is_told_as_it_stands_there(sides: tuple[int, int]) -> None:
    assert size(jpeg_header(frame(*sides))) == sides


@pytest.mark.parametrize("kind", sorted(JPEGS.keys() - {"profile of three segments"}))
def test_every_prefix(kind: str) -> None:
    content = JPEGS[kind]
    header = content.index(b"\xff\xda") + 20
    sizes = [size(content[:length]) for length in range(header)]
    seen = sizes.index(look(content).size)
    assert sizes == [None] * seen + [look(content).size] * (header - seen)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8\xff", id="the signature alone"),
        pytest.param(b"\xff\xd8\xff\xd9" + frame(95, 71), id="ends at once"),
        pytest.param(b"\xff\xd8\xff\xd8" + frame(95, 71), id="starts twice"),
        pytest.param(jpeg_header(SCAN, frame(95, 71)), id="scan first"),
        pytest.param(jpeg_header(b"\xff\xc0\x00\x07\x08\x00\x47\x00\x5f"), id="frame cut off"),
        pytest.param(jpeg_header(b"\xff\xc0\x00\x07\x08\x00\x47\x00\x5f\x03"), id="short frame"),
        pytest.param(jpeg_header(b"\xff\xe0\xff\xff", frame(95, 71)), id="segment past the end"),
        pytest.param(jpeg_header(b"\xff\xe0\x00"), id="half a length"),
        pytest.param(jpeg_header(COMMENT * MAXIMUM_SEGMENTS, frame(95, 71)), id="endless comments"),
    ],
)
def test_where_no_frame_is_in_sight_there_is_no_size(content: bytes) -> None:
    assert size(content) is None


def test_as_many_segments_as_are_read() -> None:
    content = jpeg_header(COMMENT * (MAXIMUM_SEGMENTS - 1), frame(95, 71))
    assert size(content) == (95, 71)
