"""The drawn selfies, and the boxes that the sandbox reports for them.

The boxes of several faces are in tests/browser/test_boxes.py.
"""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from sandbox.boxes import Box, upright_boxes
from sandbox.picture import measure
from sandbox.selfies import draw_selfie, write_camera_film
from tests.sandbox.conftest import Post


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def mean_inside(picture: Image.Image, box: Box) -> list[float]:
    """The mean colour in the box."""
    corners = (box.x, box.y, box.x + box.width, box.y + box.height)
    return ImageStat.Stat(picture.crop(corners)).mean


def test_the_same_call_gives_the_same_bytes() -> None:
    assert draw_selfie(seed=4) == draw_selfie(seed=4)
    assert draw_selfie(seed=4) != draw_selfie(seed=5)
    assert b"Exif" not in draw_selfie()
    with opened(draw_selfie(width=320, height=200, format="PNG", exif_text="canary")) as picture:
        assert (picture.format, picture.size) == ("PNG", (320, 200))
        assert picture.getexif()[0x010E] == "canary"


@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
def test_a_turned_picture_is_shown_upright_and_its_box_holds_the_face(
    post: Post, orientation: int | None
) -> None:
    content = draw_selfie(width=330, height=200, seed=7, orientation=orientation)
    data = post(content=content).json()["response_data"]
    (face,) = data["faces_predicted"]
    box = Box(*face["top_left"].values(), *face["delta"].values())
    (upright_box,) = upright_boxes(1, 330, 200)
    with opened(content) as stored, opened(draw_selfie(width=330, height=200, seed=7)) as plain:
        assert stored.size == ((200, 330) if (orientation or 1) > 4 else (330, 200))
        assert data["img"] == {"width": stored.width, "height": stored.height}
        upright = ImageOps.exif_transpose(stored).convert("RGB")
        difference = ImageChops.difference(upright, plain.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) < 2
        assert mean_inside(stored, box) == pytest.approx(mean_inside(plain, upright_box), abs=2.5)


def test_an_exif_block_without_a_valid_orientation_turns_nothing() -> None:
    turned = draw_selfie(width=330, height=200, orientation=6)
    assert measure(turned) == ("jpeg", 200, 330, 6)
    start = turned.index(b"Exif") + 6
    entry = turned.index(b"\x01\x12\x00\x03", start)
    for at, new in (
        (entry, b"\x01\x13"),  # another tag
        (entry + 8, b"\x00\x09"),  # no such orientation
        (start + 4, b"\xff\xff\xff\xff"),  # a directory beyond the end
    ):
        invalid = turned[:at] + new + turned[at + len(new) :]
        assert measure(invalid) == ("jpeg", 200, 330, 1)


def test_the_film_is_a_series_of_different_pictures(tmp_path: Path) -> None:
    frames = write_camera_film(tmp_path / "camera.mjpeg", 160, 120).read_bytes().split(b"\xff\xd8")
    assert (len(frames), frames[0]) == (11, b"")
    assert len(set(frames)) > 5
