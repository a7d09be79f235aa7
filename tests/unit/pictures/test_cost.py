"""Hostile files of the largest size that is taken cost little: nothing is read byte by byte."""

import time
import tracemalloc

import pytest

from liveness_gateway.verifications.pictures.picture import read_size
from tests.bodies import seeded
from tests.images import chunk, frame, png_header, segment
from tests.plain_pictures import without_metadata

LENGTH = 4_500_000
START = b"\xff\xd8" + frame(95, 71)
TIFF = b"MM\x00\x2a\x00\x00\x00\x08\xff\xff"
TURNED, OTHER = (
    tag + b"\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" for tag in (b"\x01\x12", b"\x01\x13")
)
SCAN = START + segment(0xDA, bytes(6))
NOISE = seeded("cost").randbytes(LENGTH).replace(b"\xff", b"\xff\x00")


def filled(start: bytes, unit: bytes) -> bytes:
    return start + unit * ((LENGTH - len(start)) // len(unit))


HOSTILE = {
    "empty comments": filled(START, segment(0xFE, b"")),
    "comments of no length": filled(START, b"\xff\xfe\x00\x00"),
    "empty profiles": filled(START, segment(0xE2, b"ICC_PROFILE\x00")),
    "scans": filled(START, segment(0xDA, b"")),
    "frames": filled(START, frame(95, 71)),
    "fill bytes": filled(START, b"\xff"),
    "stuffed bytes": filled(START, b"\xff\x00"),
    "restarts": filled(START, b"\xff\xd0"),
    "fill bytes in a scan": filled(SCAN, b"\xff"),
    "stuffed bytes in a scan": filled(SCAN, b"\xff\x00"),
    "empty chunks": filled(png_header(95, 71), chunk(b"teXt", b"")),
    "empty IDAT": filled(png_header(95, 71), chunk(b"IDAT", b"")),
    "many eXIf": filled(png_header(95, 71), chunk(b"eXIf", TIFF + TURNED)),
    "long eXIf": filled(png_header(95, 71), chunk(b"eXIf", TIFF + OTHER * 65_535)),
}
# What the gateway may take for a whole request. Under coverage, too, a picture takes less than 2.
SECONDS = 5


def formatted(content: bytes) -> tuple[bytes, str]:
    return content, "png" if content.startswith(b"\x89") else "jpeg"


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_is_bounded(name: str) -> None:
    picture = formatted(HOSTILE[name])
    started = time.process_time()
    assert read_size(*picture) == (95, 71)
    assert len(without_metadata(*picture)) <= LENGTH
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "content",
    [SCAN + NOISE + b"\xff\xd9", png_header(95, 71) + chunk(b"IDAT", NOISE) + chunk(b"IEND", b"")],
    ids=["jpeg", "png"],
)
def test_an_ordinary_picture_is_copied_a_few_times_and_no_more(content: bytes) -> None:
    picture = formatted(content)
    tracemalloc.start()
    result = without_metadata(*picture)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result == content
    assert peak < 3 * len(content)
    started = time.process_time()
    for _ in range(10):
        without_metadata(*picture)
    assert time.process_time() - started < SECONDS
