"""Whatever the bytes are: a selfie or a problem, and never another size than Pillow's."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.selfie import MAXIMUM_PIXELS, check_selfie
from tests.images import JFIF, drawn, exif_with_thumbnail, frame, jpeg_header, png_header

REAL = {
    "jpeg": drawn("JPEG"),
    "progressive": drawn("JPEG", 320, 240, progressive=True, quality=40),
    "cmyk": drawn("JPEG", 64, 48, "CMYK"),
    "with a thumbnail": jpeg_header(exif_with_thumbnail(drawn("JPEG", 16, 12)), frame(95, 71)),
    "png": drawn("PNG"),
    "palette": drawn("PNG", 64, 48, "P"),
}
PICTURES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["JPEG", "PNG"]),
        "width": st.integers(1, 300),
        "height": st.integers(1, 300),
        "mode": st.sampled_from(["RGB", "L"]),
        "quality": st.integers(1, 95),
        "progressive": st.booleans(),
    }
)
STARTS = st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", png_header(9, 9)[:16], JFIF])


def checked(content: bytes) -> tuple[int, int] | None:
    """The size, or None where it is refused; anything else fails the test."""
    refusal, selfie = None, None
    try:
        selfie = check_selfie(content)
    except ProblemError as problem:
        refusal = problem.code
    if selfie is None:
        assert refusal in {"unsupported_media", "invalid_selfie"}
        return None
    image = selfie.image
    assert selfie.content == content
    assert image.bytes == len(content)
    assert image.width > 0
    assert image.height > 0
    assert image.width * image.height <= MAXIMUM_PIXELS
    assert content.startswith(b"\xff\xd8\xff" if image.format == "jpeg" else b"\x89PNG\r\n")
    return image.width, image.height


@pytest.mark.parametrize("content", REAL.values(), ids=REAL.keys())
def test_every_prefix_of_a_real_image(content: bytes) -> None:
    whole = checked(content)
    assert whole is not None
    sizes = [checked(content[:length]) for length in range(len(content) + 1)]
    # Refused as long as the size is out of sight, right from then on, never something else.
    seen = sizes.index(whole)
    assert sizes == [None] * seen + [whole] * (len(sizes) - seen)


@given(PICTURES)
def test_the_size_is_the_one_pillow_reads(picture: dict[str, Any]) -> None:
    content = drawn(**picture)
    width, height = picture["width"], picture["height"]
    assert Image.open(BytesIO(content)).size == (width, height)
    assert checked(content) == (width, height)


@given(STARTS, st.binary(max_size=400))
def test_any_bytes(start: bytes, rest: bytes) -> None:
    checked(start + rest)
