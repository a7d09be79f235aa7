"""The boxes lie where a person sees the faces, whatever the page did to the picture."""

import pytest
from playwright.sync_api import FloatRect, Page, expect

from sandbox.boxes import Box, upright_boxes
from sandbox.selfies import draw_selfie
from tests.browser.conftest import DESKTOP, PHONE, Visitor, choose, verify

SLACK, STROKE = 1.0, 3.0  # pixels of the screen


def expected(page: Page, face: Box, picture: tuple[int, int]) -> tuple[float, ...]:
    """Where on the screen that part of the upright picture is."""
    frame = rectangle(page, "#picture")
    scale = min(frame["width"] / picture[0], frame["height"] / picture[1])
    left = frame["x"] + (frame["width"] - picture[0] * scale) / 2
    top = frame["y"] + (frame["height"] - picture[1] * scale) / 2
    return left + face.x * scale, top + face.y * scale, face.width * scale, face.height * scale


def drawn(page: Page) -> list[tuple[float, ...]]:
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


def test_under_every_exif_orientation(visit: Visitor) -> None:
    picture = (500, 300)
    page = visit().page
    for orientation in (None, *range(1, 9)):
        choose(page, draw_selfie(1, *picture, seed=6, orientation=orientation))
        verify(page)

        (box,) = drawn(page)
        place = expected(page, upright_boxes(1, *picture)[0], picture)
        assert box == pytest.approx(place, abs=SLACK), orientation


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_letterboxed_at_both_widths(visit: Visitor, size: tuple[int, int]) -> None:
    page = visit(size).page
    for picture in ((300, 900), (1800, 400), (640, 480)):
        choose(page, draw_selfie(1, *picture))
        verify(page)

        (box,) = drawn(page)
        place = expected(page, upright_boxes(1, *picture)[0], picture)
        assert box == pytest.approx(place, abs=SLACK), picture


def test_several_faces_and_a_window_that_changes(visit: Visitor) -> None:
    picture = (900, 600)
    page = visit(DESKTOP).page
    choose(page, draw_selfie(3, *picture))
    verify(page, "multiple_faces")
    before = drawn(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.wait_for_timeout(200)

    after = drawn(page)
    assert before != after
    for box, face in zip(after, upright_boxes(3, *picture), strict=True):
        assert box == pytest.approx(expected(page, face, picture), abs=SLACK)


def test_another_picture_takes_the_boxes_away(visit: Visitor) -> None:
    page = visit().page
    choose(page, draw_selfie())
    verify(page)
    assert len(drawn(page)) == 1
    choose(page, draw_selfie(seed=2))

    # Each is waited for: the new picture has to be read first.
    for gone in ("[data-face]", ".card", "[data-step]"):
        expect(page.locator(gone)).to_have_count(0)
