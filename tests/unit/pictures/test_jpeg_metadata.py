"""What of a JPEG is forwarded, in which order, and what of one that is cut off or lies."""

from io import BytesIO

import pytest
from PIL import Image, ImageFile

from liveness_gateway.verifications.pictures.jpeg import MAXIMUM_SEGMENTS
from liveness_gateway.verifications.pictures.picture import parts
from tests.images import JFIF, drawn, frame, jpeg_header, segment
from tests.plain_pictures import without_metadata
from tests.unit.pictures.drawings import JPEGS, PROFILE, noise
from tests.unit.pictures.hidden import (
    CANARY,
    IN_JPEG,
    MP4,
    SECOND,
    behind_header,
    camera,
    directory,
    exif,
    orientation,
    tiff,
)
from tests.unit.pictures.looking import look, look_if_possible

TURNED = exif(tiff(">", directory(">", 8, [orientation(">", 6)])))
UPRIGHT = exif(tiff(">", directory(">", 8, [orientation(">", 1)])))
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
EOI = b"\xff\xd9"


def cut(content: bytes) -> bytes:
    return without_metadata(content, "jpeg")


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_orientation_is_kept(turned: int, order: str) -> None:
    content = behind_header(exif(camera(order, turned)))(drawn("JPEG"))
    assert look(content).orientation == look(cut(content)).orientation == turned
    shown = Image.open(BytesIO(cut(content)))
    assert set(shown.getexif()) == ({0x0112} if turned > 1 else set())


def test_exif_stands_where_both_standards_ask_for_it() -> None:
    late = jpeg_header(frame(9, 9), TURNED, segment(0xDB, bytes(65)), JFIF, SCAN, EOI)
    assert cut(late) == jpeg_header(JFIF, TURNED, frame(9, 9), segment(0xDB, bytes(65)), SCAN, EOI)
    assert cut(jpeg_header(frame(9, 9), TURNED, SCAN, EOI)) == jpeg_header(
        TURNED, frame(9, 9), SCAN, EOI
    )


def test_the_first_exif_counts() -> None:
    """Pillow and browsers read the directory of the first one."""
    for first, second, expected in ((TURNED, UPRIGHT, 6), (UPRIGHT, TURNED, 1)):
        content = behind_header(first, second)(drawn("JPEG"))
        assert look(content).orientation == look(cut(content)).orientation == expected


def test_an_app1_that_is_no_exif_is_not_taken_for_one() -> None:
    other = segment(0xE1, b"exif\x00\x00" + TURNED[10:])
    content = behind_header(other, TURNED)(drawn("JPEG"))
    assert look(cut(content)).orientation == 6


@pytest.mark.parametrize(
    "behind", [TURNED, JFIF, segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + CANARY)]
)
def test_application_segments_behind_the_first_scan_are_left_out(behind: bytes) -> None:
    content = JPEGS["progressive"]
    second = content.rindex(b"\xff\xda")
    changed = content[:second] + behind + content[second:]
    assert cut(changed) == content
    assert look(changed) == look(content)


def test_jfif_without_its_thumbnail() -> None:
    kept = JFIF[4:16]
    for data in (kept + b"\x01\x01\x01\x02\x03", kept + b"\x00\x00" + CANARY, kept + b"\x09\x09"):
        assert cut(jpeg_header(segment(0xE0, data), frame(9, 9))) == jpeg_header(JFIF, frame(9, 9))


@pytest.mark.parametrize(
    "data", [b"JFIF\x00" + bytes(8), b"JFIF\x01" + bytes(9), b"AVI1" + bytes(9)]
)
def test_an_app0_that_decoders_do_not_know_is_left_out(data: bytes) -> None:
    assert cut(jpeg_header(segment(0xE0, data), JFIF)) == jpeg_header(JFIF)


def test_the_first_jfif_is_enough() -> None:
    other = segment(0xE0, b"JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x00\x00")
    assert cut(jpeg_header(other, JFIF)) == jpeg_header(other)


def test_adobe_without_what_stands_behind_it() -> None:
    adobe = b"Adobe\x00\x64\x00\x00\x00\x00\x00"
    assert cut(jpeg_header(segment(0xEE, adobe + CANARY))) == jpeg_header(segment(0xEE, adobe))
    assert cut(jpeg_header(segment(0xEE, adobe[:-1]))) == jpeg_header()
    assert cut(jpeg_header(segment(0xEE, b"Audio" + adobe[5:]))) == jpeg_header()


def test_an_app2_is_a_profile_or_left_out() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + PROFILE)
    others = segment(0xE2, b"FPXR\x00" + CANARY), segment(0xE1, b"ICC_PROFILE\x00" + CANARY)
    assert cut(jpeg_header(*others, profile)) == jpeg_header(profile)


@pytest.mark.parametrize("marker", [0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF])
def test_tables_are_kept(marker: int) -> None:
    content = jpeg_header(segment(marker, b"\x01\x02"), SCAN, segment(marker, b"\x03"), SCAN, EOI)
    assert cut(content) == content


@pytest.mark.parametrize("marker", [0xC8, 0xF0, 0xF7, 0xFD])
def test_reserved_segments_are_left_out(marker: int) -> None:
    content = jpeg_header(segment(marker, CANARY), SCAN, segment(marker, CANARY), SCAN, EOI)
    assert cut(content) == jpeg_header(SCAN, SCAN, EOI)


def test_the_bytes_of_a_scan_are_not_read() -> None:
    scan = SCAN + b"\xff\x00\xff\xd0\x01\xff\xd7\xff\x01\xff\xbf\xff\xff\x00" + bytes(range(255))
    content = jpeg_header(frame(9, 9), scan, EOI)
    assert cut(content) == content


def test_a_scan_that_a_segment_interrupts_ends_there_as_it_does_for_decoders() -> None:
    content = JPEGS["noise"]
    middle = len(content) // 2
    for intruder in (segment(0xFE, CANARY), segment(0xE1, CANARY), b"\xff\xfe\x00\x00" + CANARY):
        changed = content[:middle] + intruder + content[middle:]
        assert CANARY not in cut(changed)
        assert look(cut(changed)) == look(changed) != look(content)


@pytest.mark.parametrize("trailer", [MP4, SECOND, b"\x00", EOI, b"\xff\xd9\xff\xe1" + CANARY])
@pytest.mark.parametrize("kind", JPEGS)
def test_what_follows_the_end_is_left_out(kind: str, trailer: bytes) -> None:
    assert cut(JPEGS[kind] + trailer) == JPEGS[kind]


def test_a_second_picture_without_an_end_before_it_is_left_out() -> None:
    assert cut(JPEGS["4:2:0"][:-2] + SECOND) == JPEGS["4:2:0"]


def test_a_scan_is_closed_only_where_something_was_left_out_behind_it() -> None:
    whole = JPEGS["4:2:0"]
    assert cut(whole[:-2]) == whole[:-2]
    assert cut(whole[:-2] + b"\xff\xfe\x00") == whole
    assert cut(whole[:-2] + segment(0xFE, CANARY)) == whole


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x89PNG\r\n\x1a\n", b"\n" + drawn("JPEG")])
def test_what_is_no_jpeg_leaves_nothing(content: bytes) -> None:
    assert cut(content) == b""


@pytest.mark.parametrize("place", IN_JPEG)
def test_no_metadata_is_left_of_a_picture_that_is_cut_off(place: str) -> None:
    content = IN_JPEG[place](JPEGS["progressive"])
    for length in range(0, len(content), 1 + len(content) // 1_000):
        result = cut(content[:length])
        assert CANARY[:4] not in result
        assert len(result) <= length


@pytest.mark.parametrize(
    "last",
    [
        JFIF,
        TURNED,
        segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + PROFILE),
        segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x00" + CANARY),
    ],
)
def test_an_application_segment_that_is_cut_off_is_left_out(last: bytes) -> None:
    assert cut(jpeg_header(last)) != jpeg_header()
    for length in range(len(last)):
        assert cut(jpeg_header(last[:length])) == jpeg_header()


@pytest.mark.parametrize("kind", ["noise", "progressive", "restart intervals", "CMYK"])
def test_what_is_left_of_the_pixels_stays(kind: str) -> None:
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    content = IN_JPEG["Exif, big endian"](JPEGS[kind])
    seen = [
        (look_if_possible(content[:length], cut_off=True), cut(content[:length]))
        for length in range(len(content) * 4 // 5, len(content), 1 + len(content) // 200)
    ]
    assert any(before is not None for before, _ in seen)
    assert all(look_if_possible(after, cut_off=True) == before for before, after in seen)


def test_more_segments_than_are_read_are_left_out() -> None:
    comments = segment(0xFE, CANARY) * MAXIMUM_SEGMENTS
    start = jpeg_header(frame(9, 9), SCAN)
    assert cut(start + comments + SCAN + EOI) == start + EOI


def test_the_parts_of_a_phones_picture() -> None:
    content = IN_JPEG["all"](noise("JPEG", icc_profile=PROFILE))
    before, after = parts(content, "jpeg"), parts(cut(content), "jpeg")
    assert sum(length for _, length in before) == len(content)
    assert sum(length for _, length in after) == len(cut(content))
    named = {name for name, _ in before}
    assert named > {"APP1 XMP", "APP2 MPF", "APP13 IPTC", "COM", "between", "after the end"}
    assert [name for name, _ in after] == [
        *("SOI", "APP0 JFIF", "APP1 Exif", "APP2 ICC", "DQT", "DQT", "SOF0"),
        *("DHT", "DHT", "DHT", "DHT", "SOS", "scan", "EOI"),
    ]


def test_every_marker_has_its_name() -> None:
    content = jpeg_header(
        *[segment(marker, b"") for marker in (0xC0, 0xCF, 0xC8, 0xE9, 0xF0, 0xF7)]
    )
    assert parts(content, "jpeg") == [
        *(("SOI", 2), ("SOF0", 4), ("SOF15", 4), ("JPG", 4), ("APP9", 4)),
        *(("JPG0", 4), ("JPG7", 4)),
    ]
    assert parts(b"", "jpeg") == [("SOI", 0)]
