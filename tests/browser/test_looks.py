"""Pictures of the page, to look at: SCREENSHOTS=directory keeps them."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor, verify


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_before_and_after(
    visit: Visitor, tmp_path: Path, size: tuple[int, int], *, dark: bool
) -> None:
    kept = Path(os.environ.get("SCREENSHOTS", tmp_path))
    name = f"{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page = visit(size, dark=dark).page
    page.screenshot(path=kept / f"{name}-before.png", full_page=True)
    page.get_by_role("button", name="Drawn face").click()
    page.locator("#verify:enabled").wait_for()
    verify(page, "not_live" if dark else "live")
    expect(page.locator("[data-kind=event]")).to_be_visible(timeout=15_000)
    page.mouse.move(0, 0)
    page.screenshot(path=kept / f"{name}-after.png", full_page=True)

    with (
        Image.open(kept / f"{name}-before.png") as before,
        Image.open(kept / f"{name}-after.png") as after,
    ):
        assert before.width == after.width == size[0]
        # Paper and ink: the scheme is really another one.
        (paper,) = ImageStat.Stat(after.convert("L").crop((0, 0, 4, 4))).mean
        assert (paper < 60) if dark else (paper > 200)
