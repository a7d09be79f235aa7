"""What a selfie must be (R3, R4): content decides, the size is read and nothing is decoded."""

import pytest

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.selfie import MAXIMUM_PIXELS, check_selfie
from tests.images import (
    JFIF,
    NOT_TAKEN,
    chunk,
    drawn,
    exif_with_thumbnail,
    frame,
    ftyp,
    jpeg_header,
    png_header,
    segment,
)


def size(content: bytes) -> tuple[int, int]:
    checked = check_selfie(content)
    assert checked.content is content
    assert checked.image.bytes == len(content)
    return checked.image.width, checked.image.height


def refusal(content: bytes) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        check_selfie(content)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [drawn("JPEG", 95, 71, mode, progressive=progressive)
     for mode in ("RGB", "L", "CMYK") for progressive in (False, True)]
    + [drawn("PNG", 95, 71, mode) for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "I;16")],
)  # fmt: skip
def test_jpegs_as_cameras_write_them_and_pngs_of_every_colour_type(content: bytes) -> None:
    image = check_selfie(content).image
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    assert (image.width, image.height, image.format) == (95, 71, kind)


FRAMES = sorted({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
ALONE = b"\xff\x01" + b"".join(bytes((0xFF, marker)) for marker in range(0xD0, 0xD8))
HEADERS = {
    **{f"frame {marker:X}": (JFIF, frame(640, 480, marker=marker)) for marker in FRAMES},
    **{
        f"table {marker:X} in the range of frames": (frame(1, 2, marker=marker), frame(640, 480))
        for marker in (0xC4, 0xC8, 0xCC)
    },
    "twelve bit": (JFIF, frame(640, 480, marker=0xC1, precision=12)),
    "thumbnail": (exif_with_thumbnail(drawn("JPEG", 16, 12)), JFIF, frame(640, 480)),
    "fill bytes": (b"\xff" * 20, JFIF, b"\xff" * 3, frame(640, 480)),
    "markers that stand alone": (ALONE, frame(640, 480)),
    "bytes between segments": (JFIF, b"\x00", b"\xff\x00no marker", frame(640, 480)),
}


@pytest.mark.parametrize("segments", HEADERS.values(), ids=HEADERS.keys())
def test_the_frame_of_a_jpeg_says_its_size(segments: tuple[bytes, ...]) -> None:
    assert size(jpeg_header(*segments)) == (640, 480)


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(b"\xff\xd8\xff", id="the signature alone"),
        pytest.param(b"\xff\xd8\xff\xd9", id="ends at once"),
        pytest.param(b"\xff\xd8\xff\xd8" + frame(95, 71), id="starts twice"),
        pytest.param(jpeg_header(JFIF) + b"\xff\xda\x00\x08" + frame(95, 71), id="scan first"),
        pytest.param(jpeg_header(JFIF, b"\xff\xc0\x00\x07\x08\x00\x47\x00\x5f"), id="frame cut"),
        pytest.param(jpeg_header(b"\xff\xc0\x00\x05\x08\x00\x47\x00\x5f\x03"), id="short frame"),
        pytest.param(jpeg_header(b"\xff\xe0\xff\xff" + b"\x00" * 99), id="segment past the end"),
        pytest.param(jpeg_header(b"\xff\xe0\x00"), id="half a length"),
        pytest.param(b"\xff\xd8" + b"\xff" * 100_000, id="nothing but fill bytes"),
        pytest.param(jpeg_header(*[segment(0xFE, b"x")] * 3_000), id="endless comments"),
        pytest.param(jpeg_header(*[b"\xff\xe0\x00\x00"] * 3_000), id="segments of no length"),
        pytest.param(png_header(95, 71)[:8], id="the signature of a PNG"),
        pytest.param(png_header(95, 71)[:32], id="header cut by one byte"),
        pytest.param(png_header(95, 71)[:8] + chunk(b"CgBI", b"\x50\x00\x20\x06") * 3, id="CgBI"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00" * 12) * 2, id="short IHDR"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + chunk(b"ihdr", b"\x00\x00\x00\x09" * 4), id="ihdr"),
    ],
)  # fmt: skip
def test_an_image_whose_size_cannot_be_read_is_refused(spoilt: bytes) -> None:
    problem = refusal(spoilt)
    kind = "PNG" if spoilt.startswith(b"\x89PNG") else "JPEG"
    assert problem.code == "invalid_selfie"
    assert f"The size of this {kind} cannot be read" in problem.detail


def test_a_png_that_ends_after_its_header_says_its_size() -> None:
    assert size(png_header(95, 71)) == (95, 71)


@pytest.mark.parametrize("content", NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_what_is_neither_jpeg_nor_png_is_not_taken(content: bytes) -> None:
    problem = refusal(content)
    assert problem.code == "unsupported_media"
    assert problem.detail == "The selfie is neither a JPEG nor a PNG."


@pytest.mark.parametrize(
    "brand", [b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1"]
)
def test_heic_gets_its_own_advice(brand: bytes) -> None:
    problem = refusal(ftyp(brand))
    assert problem.code == "unsupported_media"
    assert "HEIC" in problem.detail
    assert "Convert it to JPEG" in problem.detail


def test_nothing_is_no_selfie() -> None:
    problem = refusal(b"")
    assert (problem.code, problem.detail) == ("invalid_selfie", "The selfie is empty.")


@pytest.mark.parametrize(("width", "height"), [(0, 71), (95, 0), (0, 0)])
def test_a_side_of_nothing_is_refused(width: int, height: int) -> None:
    for content in (png_header(width, height), jpeg_header(frame(width, height))):
        problem = refusal(content)
        assert problem.code == "invalid_selfie"
        assert "neither side may be 0" in problem.detail


@pytest.mark.parametrize(
    ("width", "height"),
    [(30_000, 30_000), (10_000, 5_001), (2**32 - 1, 2**32 - 1), (2**31, 1), (1, 50_000_001)],
)
def test_more_pixels_than_anybody_needs_are_refused(width: int, height: int) -> None:
    problem = refusal(png_header(width, height))
    assert problem.code == "invalid_selfie"
    assert problem.detail.endswith("at most 50,000,000 pixels are taken.")


@pytest.mark.parametrize(("width", "height"), [(10_000, 5_000), (1, 50_000_000), (1, 1)])
def test_any_shape_within_the_limit_is_taken(width: int, height: int) -> None:
    assert width * height <= MAXIMUM_PIXELS
    assert size(png_header(width, height)) == (width, height)
