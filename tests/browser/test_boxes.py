"""The boxes are where a person sees the faces, however the page shows the picture."""

import pytest
from playwright.sync_api import FloatRect, Page, expect

from sandbox.boxes import Box, upright_boxes
from sandbox.selfies import draw_selfie
from tests.browser.conftest import DESKTOP, PHONE, Visitor

SLACK, STROKE = 1.0, 3.0  # pixels of the screen
Rectangle = tuple[float, ...]


def expected(page: Page, face: Box, picture: tuple[int, int]) -> Rectangle:
    """Where on the screen that part of the upright picture is."""
    frame = rectangle(page, "#picture")
    scale = min(frame["width"] / picture[0], frame["height"] / picture[1])
    left = frame["x"] + (frame["width"] - picture[0] * scale) / 2
    top = frame["y"] + (frame["height"] - picture[1] * scale) / 2
    return left + face.x * scale, top + face.y * scale, face.width * scale, face.height * scale


def drawn(page: Page) -> list[Rectangle]:
    """The middle lines of the boxes' edges."""
    boxes = [box.bounding_box() for box in page.locator("[data-face]").all()]
    half = STROKE / 2
    return [
        (box["x"] + half, box["y"] + half, box["width"] - STROKE, box["height"] - STROKE)
        for box in boxes
        if box
    ]


def rectangle(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found
    return found


def assert_in_place(page: Page, faces: int, picture: tuple[int, int], about: object = "") -> None:
    for box, face in zip(drawn(page), upright_boxes(faces, *picture), strict=True):
        assert box == pytest.approx(expected(page, face, picture), abs=SLACK), about


def test_under_every_exif_orientation(visit: Visitor) -> None:
    picture = (250, 150)
    visited = visit()
    for orientation in (None, *range(1, 9)):
        visited.choose(draw_selfie(1, *picture, seed=6, orientation=orientation))
        visited.verify()
        assert_in_place(visited.page, 1, picture, orientation)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_letterboxed_at_both_widths(visit: Visitor, size: tuple[int, int]) -> None:
    visited = visit(size)
    for picture in ((150, 450), (900, 200), (320, 240)):
        visited.choose(draw_selfie(1, *picture))
        visited.verify()
        assert_in_place(visited.page, 1, picture, picture)


def test_several_faces_and_a_window_that_changes(visit: Visitor) -> None:
    picture = (450, 300)
    visited = visit(DESKTOP)
    page = visited.page
    visited.choose(draw_selfie(3, *picture))
    visited.verify("multiple_faces")
    before = drawn(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    # The boxes are drawn again in a frame after the window's.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    assert drawn(page) != before
    assert_in_place(page, 3, picture)


def test_another_picture_removes_the_boxes(visit: Visitor) -> None:
    visited = visit()
    visited.choose(draw_selfie())
    visited.verify()
    assert len(drawn(visited.page)) == 1
    visited.choose(draw_selfie(seed=2))

    for gone in ("[data-face]", ".card", "[data-step]"):
        expect(visited.page.locator(gone)).to_have_count(0)
