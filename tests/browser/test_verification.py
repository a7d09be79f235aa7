"""From a picture to the decision, the record and the event."""

import hashlib
import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import draw_selfie
from tests.browser.conftest import CAMERA, DESKTOP, PHONE, Visit, Visitor
from tests.plain_pictures import without_metadata

DROP = Path(__file__).with_name("drop.js").read_text()
TIMES = "\N{MULTIPLICATION SIGN}"
SELFIE = draw_selfie(1, 95, 71)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_picture_from_the_camera(
    visit: Visitor, gateway: Gateway, sandbox: Sandbox, size: tuple[int, int]
) -> None:
    visited = visit(size)
    page = visited.page
    expect(page.get_by_text("Sandbox: liveness is not judged here.")).to_be_visible()
    expect(page.locator("#verify")).to_be_disabled()

    page.get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Take the picture").click()
    expect(page.locator("#about-picture")).to_contain_text(
        f"Camera · {CAMERA[0]} {TIMES} {CAMERA[1]}"
    )
    visited.verify()

    expect(page.locator(".verdict h2")).to_have_text("Live")
    expect(page.locator(".sentence")).to_have_text("The score 0.9998 reaches the threshold 0.6.")
    expect(page.locator("[data-face]")).to_have_count(1)
    (request,) = sandbox.requests
    assert (request.width, request.height, request.format) == (*CAMERA, "jpeg")
    assert request.threshold == "0.6"
    _shows_record_and_event(page.locator(".answer"), gateway)
    assert page.evaluate("document.getElementById('video').srcObject") is None


def _shows_record_and_event(answer: Locator, gateway: Gateway) -> None:
    """The page shows the record and the event that really exist."""
    expect(answer.locator("[data-step=received]")).to_have_attribute("data-state", "done")
    expect(answer.locator("[data-state=done]")).to_have_count(5)
    shown = {}
    for kind in ("answer", "record", "event"):
        panel = answer.locator(f"[data-kind={kind}]")
        expect(panel.locator("pre")).to_be_hidden()
        panel.locator("summary").click()
        shown[kind] = json.loads(panel.locator("pre").inner_text())
    verification_id = shown["answer"]["verification_id"]
    assert shown["record"] == gateway.record(verification_id)
    assert shown["record"]["status"] == "completed"
    assert shown["event"]["detail"]["data"]["verification_id"] == verification_id
    assert [shown["event"]] == gateway.events(verification_id)


@pytest.mark.parametrize(("how", "format"), [("chosen", "JPEG"), ("dropped", "PNG")])
def test_the_picture_of_a_file_arrives_without_its_metadata(
    visited: Visit,
    sandbox: Sandbox,
    how: str,
    format: Literal["JPEG", "PNG"],  # noqa: A002 - as in draw_selfie
) -> None:
    content = draw_selfie(1, 234, 187, format=format, seed=3, exif_text="exif-canary")
    page = visited.page
    if how == "dropped":
        page.evaluate(DROP, list(content))
        expect(page.locator("[data-dropping]")).to_have_count(0)
    else:
        visited.choose(content, name="chosen.jpg")
    expect(page.locator("#about-picture")).to_contain_text(f"{how}.")
    expect(page.locator("#about-picture")).to_contain_text(f"234 {TIMES} 187")
    visited.verify()

    forwarded = without_metadata(content, format.lower())
    assert b"exif-canary" not in forwarded
    assert sandbox.requests[0].sha256 == hashlib.sha256(forwarded).hexdigest()
    assert how not in (sandbox.requests[0].file_name or "")


def test_every_decision_in_words(visited: Visit) -> None:
    page = visited.page
    for outcome, words, sentence, boxes in (
        ("not_live", "Not live", "The score 0.0312 is below the threshold 0.6.", 1),
        ("no_face", "Inconclusive", "No face was found in the picture.", 0),
        ("multiple_faces", "Inconclusive", "Several faces were found", 3),
    ):
        page.select_option("#outcome", outcome)
        visited.choose_drawn_face()
        visited.verify(outcome)

        expect(page.locator(".sentence")).to_contain_text(sentence)
        expect(page.locator(".verdict h2")).to_have_text(words)
        expect(page.locator("[data-face]")).to_have_count(boxes)
        expect(page.locator(".scale")).to_have_count(1 if boxes else 0)


def test_the_threshold_decides_and_is_shown(visited: Visit, sandbox: Sandbox) -> None:
    page = visited.page
    visited.choose(SELFIE)
    page.locator("#threshold-slider").focus()
    page.keyboard.press("End")
    expect(page.locator("#threshold")).to_have_value("1")
    page.fill("#threshold", "0.9999")
    expect(page.locator("#threshold-slider")).to_have_value("1")
    visited.verify()

    expect(page.locator(".verdict h2")).to_have_text("Not live")
    assert sandbox.requests[0].threshold == "0.9999"
    assert _share_of_scale(page, ".scale-score", 0.5) == pytest.approx(0.9998, abs=0.005)
    assert _share_of_scale(page, ".scale-threshold", 0.5) == pytest.approx(0.9999, abs=0.005)


def _share_of_scale(page: Page, mark: str, middle: float) -> float:
    scale, box = page.locator(".scale").bounding_box(), page.locator(mark).bounding_box()
    assert scale
    assert box
    return (box["x"] + middle * box["width"] - scale["x"]) / scale["width"]


def test_the_same_again_is_answered_from_the_record(visited: Visit, sandbox: Sandbox) -> None:
    page = visited.page
    visited.choose(SELFIE)
    visited.verify()
    verification_id = page.locator("dd").nth(1).inner_text()
    page.get_by_role("button", name="Send the same again").click()

    expect(page.get_by_text("nothing was paid twice")).to_be_visible()
    assert page.locator("dd").nth(1).inner_text() == verification_id
    assert len(sandbox.requests) == 1

    page.locator("#verify:enabled").click()
    expect(page.get_by_text("nothing was paid twice")).to_have_count(0)
    page.locator(".card").wait_for()
    assert page.locator("dd").nth(1).inner_text() != verification_id


@pytest.mark.parametrize("still", [False, True])
def test_progress_is_shown_while_it_lasts(visit: Visitor, sandbox: Sandbox, *, still: bool) -> None:
    visited = visit(still=still)
    page = visited.page
    sandbox.set_default("slow", delay=3600)
    page.route("**/local/sandbox/next", lambda route: route.fulfill(body="{}"))
    visited.choose(SELFIE)
    page.locator("#verify").click()

    status = page.get_by_role("status")
    expect(status.filter(has_text="Waiting for the liveness API")).to_be_visible()
    assert (page.evaluate("document.getAnimations().length") == 0) is still
    expect(page.locator("#verify")).to_be_disabled()
    expect(page.locator("#form")).to_have_js_property("inert", value=True)
    expect(page.locator("[data-step=claimed]")).to_have_attribute("data-state", "next")
    expect(page.locator("#progress-words")).to_have_text(re.compile(r"API … \d+ s$"))
    assert sandbox.records.wait_for(1, 60)
    sandbox.end_delays()
    page.locator(".card").wait_for()
    expect(page.locator("#progress")).to_be_hidden()
