"""Every kind of picture with every kind of metadata: the pixels stay, the metadata does not."""

from io import BytesIO

import pytest
from PIL import Image

from liveness_gateway.verifications.pictures.picture import parts, read_size
from tests.plain_pictures import without_metadata
from tests.unit.pictures.drawings import JPEGS, PNGS
from tests.unit.pictures.hidden import CANARY, IN_JPEG, IN_PNG
from tests.unit.pictures.looking import look

ORIENTATIONS = {
    "Exif, big endian": 6,
    "Exif, little endian": 3,
    "eXIf, big endian": 8,
    "eXIf, little endian": 5,
    "eXIf behind the pixels": 2,
}
WITHOUT_CANARY = {"nothing", "time and resolution"}
FORWARDED_JPEG = {
    *("SOI", "APP0 JFIF", "APP1 Exif", "APP2 ICC", "APP14 Adobe", "DQT", "SOF0", "SOF2"),
    *("DHT", "DRI", "SOS", "scan", "EOI"),
}
FORWARDED_PNG = {
    *("signature", "IHDR", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"),
    *("PLTE", "tRNS", "eXIf", "IDAT", "IEND"),
}
MATRIX = [
    *(("jpeg", kind, place) for kind in JPEGS for place in IN_JPEG),
    *(("png", kind, place) for kind in PNGS for place in IN_PNG),
]


def picture(image_format: str, kind: str, place: str) -> bytes:
    if image_format == "png":
        return IN_PNG[place](PNGS[kind])
    return IN_JPEG[place](JPEGS[kind])


def test_more_than_four_hundred_different_pictures() -> None:
    assert len({picture(*entry) for entry in MATRIX}) > 400


@pytest.mark.parametrize(("image_format", "kind", "place"), MATRIX)
def test_the_picture_stays_and_its_metadata_does_not(
    image_format: str, kind: str, place: str
) -> None:
    content = picture(image_format, kind, place)
    assert (CANARY in content) == (place not in WITHOUT_CANARY)
    result = without_metadata(content, image_format)
    assert CANARY not in result
    names = {name for name, _ in parts(result, image_format)}
    assert names <= (FORWARDED_PNG if image_format == "png" else FORWARDED_JPEG)
    assert look(result) == look(content)
    assert look(result).orientation == ORIENTATIONS.get(place, look(content).orientation)
    assert read_size(result, image_format) == read_size(content, image_format) == look(content).size
    assert len(result) <= len(content)
    assert without_metadata(result, image_format) == result


def test_of_several_pictures_the_first_is_left() -> None:
    content = IN_JPEG["second picture"](JPEGS["4:2:0"])
    before, after = (
        Image.open(BytesIO(content)),
        Image.open(BytesIO(without_metadata(content, "jpeg"))),
    )
    assert (before.format, after.format) == ("MPO", "JPEG")
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("kind", JPEGS)
def test_a_jpeg_without_metadata_stays_as_it_is(kind: str) -> None:
    assert without_metadata(JPEGS[kind], "jpeg") == JPEGS[kind]


@pytest.mark.parametrize("kind", PNGS)
def test_a_png_without_metadata_stays_as_it_is(kind: str) -> None:
    assert without_metadata(PNGS[kind], "png") == PNGS[kind]
