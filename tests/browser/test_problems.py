"""What goes wrong, as a person reads it."""

from functools import partial

from playwright.sync_api import FilePayload, Locator, Route, expect

from sandbox import Sandbox
from sandbox.selfies import draw_selfie
from tests.browser.conftest import Visit

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(3000)
SELFIE = draw_selfie(1, 95, 71)
VERIFICATIONS = "**/v1/verifications"
# A second of waiting takes a millisecond; notes the button's words at each.
FAST_CLOCK = """() => {
  const wait = window.setTimeout;
  window.waits = [];
  window.setTimeout = (act, ms, ...rest) => {
    const button = document.querySelector(".actions button");
    if (ms === 1000 && button) window.waits.push([button.disabled, button.textContent]);
    return wait(act, ms === 1000 ? 1 : ms, ...rest);
  };
}"""


def test_refused_input_shows_the_gateways_own_problem(visited: Visit, sandbox: Sandbox) -> None:
    visited.refusals_expected = True
    page = visited.page
    card = page.locator(".card[data-tone=problem]")
    for content, threshold, code, advice in (
        (HEIC, "0.6", "unsupported_media", "Convert the picture to JPEG or PNG"),
        (SELFIE[:40], "0.6", "invalid_selfie", "Choose another picture"),
        (SELFIE, "1.5", "invalid_threshold", "Set a threshold"),
    ):
        visited.choose(content)
        page.fill("#threshold", threshold)
        visited.verify()

        expect(card.locator("dl")).to_contain_text(code)
        expect(card.get_by_role("heading")).not_to_be_empty()
        expect(card.locator(".sentence")).not_to_be_empty()
        expect(card.locator(".advice")).to_contain_text(f"What to do: {advice}")
        expect(card.locator("dl")).to_contain_text("Correlation")
        expect(card.get_by_role("button")).to_have_count(0)
        expect(page.locator("[data-step]")).to_have_count(0)
    assert not sandbox.requests


def choose(visited: Visit, length: int) -> Locator:
    """Choose a picture of that length; what the page says about it."""
    content = SELFIE.ljust(length, b"\0")
    file = FilePayload(name="large.jpg", mimeType="image/jpeg", buffer=content)
    visited.page.set_input_files("#file", file)
    about = visited.page.locator("#about-picture")
    expect(about).to_contain_text("4.6 MB")
    return about


def test_the_largest_picture_is_uploaded(visited: Visit) -> None:
    expect(choose(visited, 4_612_000)).not_to_contain_text("too large")
    visited.verify()
    expect(visited.page.locator(".card")).to_contain_text("Live")


def test_a_larger_one_is_not(visited: Visit, sandbox: Sandbox) -> None:
    about = choose(visited, 4_614_000)
    expect(about).to_contain_text("too large: at most 4.6 MB. Scale the picture down")
    expect(visited.page.locator("#verify")).to_be_disabled()
    assert not sandbox.requests


def test_a_file_that_is_not_shown_is_sent_only_where_it_is_small_enough(visited: Visit) -> None:
    page = visited.page
    verify = expect(page.locator("#verify"))
    for length, verdict in ((1_000, verify.to_be_enabled), (5_000_000, verify.to_be_disabled)):
        content = HEIC.ljust(length, b"\0")
        file = FilePayload(name="x.heic", mimeType="image/heic", buffer=content)
        page.set_input_files("#file", file)
        expect(page.locator("#about-picture")).to_contain_text("x.heic · no preview")
        expect(page.locator("#no-preview")).not_to_contain_text("send")
        verdict()


def test_a_lost_answer_is_announced_as_unknown(visited: Visit) -> None:
    visited.refusals_expected = True
    page = visited.page
    visited.choose(SELFIE)
    visited.verify("cut")

    expect(page.locator(".advice")).to_contain_text("may have been paid")
    expect(page.locator(".card").get_by_role("button")).to_have_count(0)
    expect(page.locator("[data-step=received]")).to_have_attribute("data-state", "done")
    expect(page.locator("[data-step=announced]")).to_contain_text("LivenessVerificationUnknown")


def test_trying_again_uses_the_same_key(visited: Visit, sandbox: Sandbox) -> None:
    visited.refusals_expected = True
    page = visited.page
    page.evaluate(FAST_CLOCK)
    sandbox.set_default("unavailable", retry_after="30")
    visited.choose(SELFIE)
    visited.verify("unavailable")

    expect(page.locator("dl")).to_contain_text("upstream_unavailable")
    expect(page.locator(".advice")).to_contain_text("Nothing was paid")
    again = page.locator(".actions").get_by_role("button")
    expect(again).to_have_text("Try again")
    waits = page.evaluate("waits")
    assert waits
    assert all(disabled and text.startswith("Try again in ") for disabled, text in waits)
    first = page.locator("dd").all_inner_texts()
    sandbox.set_default("live")
    page.select_option("#outcome", "live")
    again.click()

    expect(page.locator(".verdict h2")).to_have_text("Live")
    second = page.locator("dd").all_inner_texts()
    assert second[1:3] == first[1:3]  # verification and key
    expect(page.locator("[data-kind=event]")).to_have_count(2)


def test_no_response_of_the_gateway(visited: Visit, sandbox: Sandbox) -> None:
    visited.refusals_expected = True
    page = visited.page
    title = page.locator(".verdict h2")
    visited.choose(SELFIE)
    for body in ("<h1>Bad gateway</h1>", '{"message": "Internal server error"}', "[]", "null"):
        page.route(VERIFICATIONS, partial(Route.fulfill, status=502, body=body))
        visited.verify()
        expect(title).to_have_text("The response did not come from the gateway.")
        expect(page.locator(".sentence")).to_contain_text("HTTP 502")
    page.route(VERIFICATIONS, partial(Route.abort, error_code="connectionrefused"))
    visited.verify()
    expect(title).to_have_text("The gateway could not be reached.")
    assert visited.complaints == ["Failed to load resource: net::ERR_CONNECTION_REFUSED"]
    visited.complaints.clear()

    page.unroute(VERIFICATIONS)
    page.get_by_role("button", name="Try again").click()
    expect(title).to_have_text("Live")
    assert len(sandbox.requests) == 1


def test_no_camera_is_stated(visited: Visit) -> None:
    page = visited.page
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('', 'NotFoundError')); }"
    )
    page.get_by_role("button", name="Camera").click()

    expect(page.locator("#about-picture")).to_contain_text("No camera was found.")
    expect(page.locator("#frame")).to_have_attribute("data-shows", "nothing")
