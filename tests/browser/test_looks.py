"""Pictures of the page: SCREENSHOTS=directory keeps them."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from tests.browser.conftest import DESKTOP, PHONE, Visitor


@pytest.mark.parametrize(
    ("name", "size", "dark"),
    [("phone-dark", PHONE, True), ("desktop-light", DESKTOP, False)],
)
def test_the_page_is_drawn_in_the_scheme(
    visit: Visitor, tmp_path: Path, name: str, size: tuple[int, int], *, dark: bool
) -> None:
    path = Path(os.environ.get("SCREENSHOTS", tmp_path)) / f"{name}.png"
    visited = visit(size, dark=dark)
    visited.choose_drawn_face()
    visited.verify("not_live" if dark else "live")
    visited.wait_for_event()
    visited.page.mouse.move(0, 0)
    visited.page.screenshot(path=path, full_page=True)

    with Image.open(path) as picture:
        assert picture.width == size[0]
        # The colour of the paper in the corner.
        (paper,) = ImageStat.Stat(picture.convert("L").crop((0, 0, 4, 4))).mean
    assert (paper < 60) if dark else (paper > 200)
