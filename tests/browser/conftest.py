"""Headless Chromium, with a drawn face before its camera, against the deployed stack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    FilePayload,
    Page,
    expect,
    sync_playwright,
)

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import write_camera_film
from tests.browser.install import find

DESKTOP, PHONE = (1280, 900), (390, 844)
CAMERA = (480, 360)
PATIENCE_MS = 120_000  # only a fault of the page uses it up
# Chromium reports each 4xx and 5xx on the console, whatever the page does with it.
REFUSAL = "Failed to load resource: the server responded with a status of"
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --use-fake-ui-for-media-stream "
    "--use-fake-device-for-media-stream"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass
class Visit:
    """The demo page in a window of its own, and what Chromium complained about."""

    page: Page
    refusals_expected: bool = False
    complaints: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        refusal = self.refusals_expected and message.text.startswith(REFUSAL)
        if message.type in {"error", "warning"} and not refusal:
            self.complaints.append(message.text)

    def page_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def choose(self, content: bytes, name: str = "me.jpg") -> None:
        """Give the page a file, as the file dialogue does."""
        file = FilePayload(name=name, mimeType="image/jpeg", buffer=content)
        self.page.set_input_files("#file", file)
        self.page.locator("#verify:enabled").wait_for()

    def choose_drawn_face(self) -> None:
        self.page.get_by_role("button", name="Drawn face").click()
        self.page.locator("#verify:enabled").wait_for()

    def verify(self, outcome: str = "live") -> None:
        self.page.select_option("#outcome", outcome)
        self.page.click("#verify")
        self.page.locator(".card").wait_for()

    def wait_for_event(self) -> None:
        expect(self.page.locator("[data-kind=event]")).to_be_visible()


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = write_camera_film(tmp_path_factory.mktemp("camera") / "face.mjpeg", *CAMERA, seed=9)
    flags = [*FLAGS.split(), f"--use-file-for-fake-video-capture={film}"]
    expect.set_options(timeout=PATIENCE_MS)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find(), args=flags) as browser,
    ):
        yield browser


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Page:
    """One window for all tests: a new one each time costs a process and a second."""
    return chromium.new_page()


@pytest.fixture
def visit(window: Page, gateway: Gateway, sandbox: Sandbox) -> Iterator[Visitor]:
    """Opens the demo page; at the end, nothing may have been complained about."""
    assert not sandbox.requests
    visited = Visit(window)

    def go(size: tuple[int, int] = DESKTOP, *, still: bool = True) -> Visit:
        window.set_viewport_size({"width": size[0], "height": size[1]})
        motion: Literal["reduce", "no-preference"] = "reduce" if still else "no-preference"
        window.emulate_media(color_scheme="light", reduced_motion=motion)
        window.goto(f"{gateway.url}/")
        window.get_by_text("local", exact=True).wait_for()
        return visited

    window.set_default_timeout(PATIENCE_MS)
    window.on("console", visited.console)
    window.on("pageerror", visited.page_error)
    yield go
    window.unroute_all()
    window.goto("about:blank")
    window.remove_listener("console", visited.console)
    window.remove_listener("pageerror", visited.page_error)
    assert visited.complaints == []


@pytest.fixture
def visited(visit: Visitor) -> Visit:
    """The page in a desktop's window."""
    return visit()
