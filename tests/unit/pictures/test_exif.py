"""Only the orientation is read of Exif, and read from anything."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.verifications.pictures.exif import orientation_only, read_orientation
from tests.unit.pictures.drawings import JPEGS
from tests.unit.pictures.hidden import (
    CANARY,
    LONG,
    SHORT,
    Tag,
    behind_header,
    directory,
    orientation,
    text,
    tiff,
)
from tests.unit.pictures.hidden import exif as exif_segment
from tests.unit.pictures.looking import look_if_possible

ORDERS = pytest.mark.parametrize("order", ["<", ">"])
SIX = tiff(">", directory(">", 8, [orientation(">", 6)]))


@ORDERS
@pytest.mark.parametrize("turned", range(1, 9))
def test_the_orientation_among_other_tags(order: str, turned: int) -> None:
    tags = [text(0x010F, CANARY), orientation(order, turned), text(0x0131, CANARY)]
    data = tiff(order, directory(order, 8, tags))
    assert read_orientation(data) == read_orientation(b"Exif\x00\x00" + data) == turned
    expected = tiff(">", directory(">", 8, [orientation(">", turned)])) if turned > 1 else b""
    assert orientation_only(data) == orientation_only(b"Exif\x00\x00" + data) == expected


@ORDERS
def test_some_writers_take_a_long(order: str) -> None:
    data = tiff(order, directory(order, 8, [(0x0112, LONG, 1, struct.pack(order + "I", 8))]))
    assert read_orientation(data) == 8


@ORDERS
def test_the_directory_may_stand_anywhere(order: str) -> None:
    data = tiff(order, CANARY * 99, directory(order, 8 + 6 * 99, [orientation(order, 5)]))
    data = data[:4] + struct.pack(order + "I", 8 + 6 * 99) + data[8:]
    assert read_orientation(data) == 5


def test_of_several_the_first_one_counts() -> None:
    twice = [orientation(">", 6), orientation(">", 3)]
    assert read_orientation(tiff(">", directory(">", 8, twice))) == 6
    spoilt: list[Tag] = [(0x0112, SHORT, 2, bytes(4)), orientation(">", 6)]
    assert read_orientation(tiff(">", directory(">", 8, spoilt))) == 6


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param(orientation(">", 0), id="0"),
        pytest.param(orientation(">", 9), id="9"),
        pytest.param(orientation(">", 0xFFFF), id="65535"),
        pytest.param((0x0112, SHORT, 0, b"\x00\x06"), id="no value"),
        pytest.param((0x0112, SHORT, 2, b"\x00\x06\x00\x06"), id="two values"),
        pytest.param((0x0112, 2, 1, b"6"), id="a letter"),
        pytest.param((0x0112, 0xFFFF, 1, b"\x00\x06"), id="no type"),
        pytest.param((0x0113, SHORT, 1, b"\x00\x06"), id="another tag"),
    ],
)
def test_what_is_no_orientation_is_upright(tag: Tag) -> None:
    data = tiff(">", directory(">", 8, [tag]))
    assert read_orientation(data) == 1
    assert orientation_only(data) == b""


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"MM\x00\x2a", id="no offset"),
        pytest.param(b"MM\x00\x2a\x00\x00\x00\x08", id="no directory"),
        pytest.param(b"MM\x00\x2a\x00\x00\x00\x08\x00", id="half a number"),
        pytest.param(b"MM\x00\x2a\xff\xff\xff\xff" + SIX[8:], id="directory past the end"),
        pytest.param(b"MM\x00\x2a\x00\x00\x00\x06" + SIX[10:22], id="directory in the header"),
        pytest.param(b"MM\x2a\x00" + SIX[4:], id="other number"),
        pytest.param(b"II\x00\x2a" + SIX[4:], id="bytes of both orders"),
        pytest.param(b"Exif\x00\x00" * 3 + SIX, id="header thrice"),
        pytest.param(SIX[:21], id="entry cut off"),
        pytest.param(SIX[:8] + b"\x00\x00" + SIX[10:], id="no entries"),
    ],
)
def test_what_is_no_exif_is_upright(data: bytes) -> None:
    assert read_orientation(data) == 1
    assert orientation_only(data) == b""


@ORDERS
def test_a_directory_longer_than_the_data_is_read_as_far_as_it_goes(order: str) -> None:
    data = tiff(order, directory(order, 8, [orientation(order, 7)]))
    data = data[:8] + b"\xff\xff" + data[10:]
    assert read_orientation(data) == 7


def test_directories_in_a_circle() -> None:
    data = tiff(">", directory(">", 8, [orientation(">", 4), (0x8769, LONG, 1, SIX[4:8])], 8))
    assert read_orientation(data) == 4


@pytest.mark.parametrize("length", range(22, 27))
def test_the_result_is_no_longer_than_the_data(length: int) -> None:
    assert orientation_only(SIX[:length]) == SIX[:length]
    assert read_orientation(SIX[:length]) == 6


@given(st.binary(max_size=80), st.sampled_from([b"", b"Exif\x00\x00"]))
def test_any_bytes(rest: bytes, header: bytes) -> None:
    for start in (b"", SIX[:4], SIX[:8], SIX[:12], b"II\x2a\x00\x08\x00\x00\x00"):
        data = header + start + rest
        assert read_orientation(data) in range(1, 9)
        result = orientation_only(data)
        assert len(result) <= len(start + rest)
        assert read_orientation(result) == read_orientation(data)


TAGS = st.tuples(
    st.sampled_from([0x0112, 0x0113, 0x010F]),
    st.just(SHORT),
    st.integers(0, 1),
    st.integers(0, 9).map(lambda value: value.to_bytes(2) * 2),
)


@given(st.lists(TAGS, max_size=6), st.sampled_from("<>"), st.integers(0, 6))
def test_the_orientation_is_the_one_pillow_reads(tags: list[Tag], order: str, short: int) -> None:
    written = [
        (tag, kind, count, value if order == ">" else value[::-1])
        for tag, kind, count, value in tags
    ]
    data = tiff(order, directory(order, 8, written))
    data = data[: len(data) - short]
    seen = look_if_possible(behind_header(exif_segment(data))(JPEGS["one pixel"]))
    assert seen is not None
    assert read_orientation(data) == seen.orientation
