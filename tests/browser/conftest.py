"""Headless Chromium, with a drawn face before its camera, against the deployed stack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import write_camera_film
from tests.browser.install import find

DESKTOP, PHONE = (1280, 900), (390, 844)
CAMERA = (960, 720)
# Chromium reports each 4xx and 5xx on the console, whatever the page makes of it.
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
    """A page of its own, and what Chromium complained about."""

    page: Page
    refusals_expected: bool = False
    complaints: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        refusal = self.refusals_expected and message.text.startswith(REFUSAL)
        if message.type in {"error", "warning"} and not refusal:
            self.complaints.append(message.text)


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    film = write_camera_film(tmp_path_factory.mktemp("camera") / "face.mjpeg", *CAMERA, seed=9)
    flags = [*FLAGS.split(), f"--use-file-for-fake-video-capture={film}"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find(), args=flags) as browser,
    ):
        yield browser


@pytest.fixture
def visit(chromium: Browser, gateway: Gateway, sandbox: Sandbox) -> Iterator[Visitor]:
    """Opens the demo page; at the end, nothing may have been complained about."""
    assert not sandbox.requests
    visits: list[Visit] = []

    def go(size: tuple[int, int] = DESKTOP, *, dark: bool = False, still: bool = True) -> Visit:
        page = chromium.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
        )
        visits.append(Visit(page))
        page.on("console", visits[-1].heard)
        page.on("pageerror", lambda error: visits[-1].complaints.append(str(error)))
        page.goto(f"{gateway.url}/")
        page.get_by_text("local", exact=True).wait_for()
        return visits[-1]

    yield go
    for visited in visits:
        visited.page.close()
    assert [complaint for visited in visits for complaint in visited.complaints] == []


def choose(page: Page, content: bytes, name: str = "me.jpg") -> None:
    """Give the page a file, as the file dialogue would."""
    page.set_input_files("#file", {"name": name, "mimeType": "image/jpeg", "buffer": content})
    page.locator("#verify:enabled").wait_for()


def verify(page: Page, outcome: str = "live") -> None:
    """Ask for that outcome, press the button and wait for the answer."""
    page.select_option("#outcome", outcome)
    page.click("#verify")
    page.locator(".card").wait_for()
