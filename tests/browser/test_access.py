"""Everybody can use the page: by keyboard, by screen reader, on a phone, in the dark."""

import io
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page, expect

from sandbox import Sandbox
from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
CONTRAST = Path(__file__).with_name("contrast.js").read_text()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    pytest.fail(f"Tab does not reach {name!r}; it stopped at {focused(page)!r}")


def focused(page: Page) -> str:
    found: str = page.locator(":focus").evaluate(
        "(node) => node.getAttribute('aria-label') ?? node.innerText"
    )
    return found.strip()


def test_keyboard_only(visited: Visit, sandbox: Sandbox) -> None:
    page = visited.page
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the form"
    tab_to(page, "Camera")
    page.keyboard.press("Enter")
    expect(page.locator("#shutter")).to_be_focused()
    tab_to(page, "Cancel")
    page.keyboard.press("Enter")
    expect(page.locator("#open-camera")).to_be_focused()
    expect(page.locator("#frame")).to_have_attribute("data-shows", "nothing")

    page.keyboard.press("Enter")
    expect(page.locator("#shutter")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#verify")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_be_focused()
    expect(page.locator(".verdict h2")).to_have_text("Live")
    visited.wait_for_event()
    tab_to(page, "Stored record")
    page.keyboard.press("Enter")
    expect(page.locator("[data-kind=record] pre")).to_be_visible()
    assert len(sandbox.requests) == 1


def test_contrast_in_both_schemes(visited: Visit) -> None:
    visited.refusals_expected = True
    page = visited.page

    def measure(texts: int) -> None:
        papers: list[float] = []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found: dict[str, Any] = page.evaluate(CONTRAST)
            assert found["seen"] > texts
            assert found["faint"] == [], scheme
            with Image.open(io.BytesIO(page.screenshot(full_page=True))) as picture:
                papers += ImageStat.Stat(picture.convert("L").crop((0, 0, 4, 4))).mean
        light, dark = papers
        assert light > 200
        assert dark < 60

    measure(15)
    visited.choose_drawn_face()
    for outcome in ("live", "not_live", "no_face", "broken_body"):
        visited.verify(outcome)
        visited.wait_for_event()
        for summary in page.locator("summary").all():
            summary.click()
        measure(80)


@pytest.mark.parametrize("size", [PHONE, DESKTOP, (320, 640)])
def test_nothing_needs_sideways_scrolling_and_all_can_be_hit(
    visit: Visitor, size: tuple[int, int]
) -> None:
    visited = visit(size)
    visited.choose_drawn_face()
    visited.verify()
    visited.wait_for_event()

    page = visited.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    targets = page.locator("button:visible, select:visible, input:visible, summary:visible").all()
    assert len(targets) >= 10
    for target in targets:
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 40, target.inner_text()


def test_controls_have_names_and_news_are_announced(visited: Visit) -> None:
    page = visited.page
    visited.choose_drawn_face()
    for role, name in (
        ("slider", "Threshold, as a slider"),
        ("spinbutton", "Threshold"),
        ("combobox", "Answer of the sandbox"),
        ("img", "The picture to be verified"),
    ):
        expect(page.get_by_role(role, name=name, exact=True)).to_have_count(1)  # type: ignore[arg-type]  # a Literal of roles
    visited.verify()
    expect(page.get_by_role("img", name="One face is marked in the picture")).to_be_visible()
    expect(page.get_by_role("img", name="Score 0.9998 on a scale")).to_be_visible()
    assert page.locator("[role=status]").count() == 2
    assert page.locator("h1").count() == 1
    unnamed = page.locator("button:not(:has-text('')), img:not([alt]), html:not([lang])")
    assert unnamed.count() == 0


def test_the_page_is_light(visited: Visit) -> None:
    sizes: list[int] = visited.page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => entry.encodedBodySize)"
    )
    assert len(sizes) < 20
    assert sum(sizes) < 80_000
