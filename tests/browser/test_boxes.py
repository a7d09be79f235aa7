"""The boxes are where a person sees the faces, however the page shows the picture."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from sandbox.boxes import upright_boxes
from sandbox.selfies import draw_selfie
from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor

SLACK, STROKE = 1.0, 3.0  # pixels of the screen
Rectangle = tuple[float, ...]


def rectangle(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box
    return box


def drawn(page: Page) -> list[Rectangle]:
    """The middle lines of the boxes' edges."""
    boxes = [rectangle(box) for box in page.locator("[data-face]").all()]
    half = STROKE / 2
    return [
        (box["x"] + half, box["y"] + half, box["width"] - STROKE, box["height"] - STROKE)
        for box in boxes
    ]


def assert_in_place(page: Page, faces: int, picture: tuple[int, int], about: object) -> None:
    """The boxes are over those parts of the upright picture, as the frame shows it."""
    frame = rectangle(page.locator("#picture"))
    scale = min(frame["width"] / picture[0], frame["height"] / picture[1])
    left = frame["x"] + (frame["width"] - picture[0] * scale) / 2
    top = frame["y"] + (frame["height"] - picture[1] * scale) / 2
    for box, face in zip(drawn(page), upright_boxes(faces, *picture), strict=True):
        x, y, width, height = (number * scale for number in face)
        assert box == pytest.approx((left + x, top + y, width, height), abs=SLACK), about


def test_under_every_exif_orientation(visited: Visit) -> None:
    picture = (250, 150)
    for orientation in (None, *range(1, 9)):
        visited.choose(draw_selfie(1, *picture, seed=6, orientation=orientation))
        # Another picture removes what was shown about the last.
        for gone in ("[data-face]", ".card", "[data-step]"):
            expect(visited.page.locator(gone)).to_have_count(0)
        visited.verify()
        assert_in_place(visited.page, 1, picture, orientation)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_letterboxed_at_both_widths(visit: Visitor, size: tuple[int, int]) -> None:
    visited = visit(size)
    for picture in ((150, 450), (900, 200), (320, 240)):
        visited.choose(draw_selfie(1, *picture))
        visited.verify()
        assert_in_place(visited.page, 1, picture, picture)


def test_several_faces_and_a_window_that_changes(visited: Visit) -> None:
    picture, page = (450, 300), visited.page
    visited.choose(draw_selfie(3, *picture))
    visited.verify("multiple_faces")
    before = drawn(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    # The boxes are drawn again in a frame after the window's.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    assert drawn(page) != before
    assert_in_place(page, 3, picture, "changed")
