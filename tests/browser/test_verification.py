"""From a picture to the decision, the record and the event."""

import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from local.gateway import Gateway
from sandbox import Sandbox
from sandbox.selfies import draw_selfie
from tests.browser.conftest import CAMERA, PHONE, Visitor, choose, verify


@pytest.mark.parametrize("size", [PHONE, (1280, 900)])
def test_a_picture_from_the_camera(
    visit: Visitor, gateway: Gateway, sandbox: Sandbox, size: tuple[int, int]
) -> None:
    page = visit(size).page
    expect(page.get_by_text("Sandbox: nobody judges liveness here.")).to_be_visible()
    expect(page.locator("#verify")).to_be_disabled()

    page.get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Take the picture").click()
    expect(page.locator("#about-picture")).to_contain_text(
        "Camera · 960 \N{MULTIPLICATION SIGN} 720"
    )
    verify(page)

    expect(page.locator(".verdict h2")).to_have_text("Live")
    expect(page.locator(".sentence")).to_have_text("The score 0.9998 reaches the threshold 0.6.")
    expect(page.locator("[data-face]")).to_have_count(1)
    (request,) = sandbox.requests
    assert (request.width, request.height, request.format) == (*CAMERA, "jpeg")
    assert request.threshold == "0.6"
    _left_behind(page.locator(".answer"), gateway)
    assert page.evaluate("document.getElementById('video').srcObject") is None


def _left_behind(answer: Locator, gateway: Gateway) -> None:
    """The page shows the record and the event that really are there."""
    received = answer.locator("[data-step=received]")
    expect(received).to_have_attribute("data-state", "done", timeout=15_000)
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


def test_the_bytes_of_the_file_arrive(visit: Visitor, sandbox: Sandbox) -> None:
    content = draw_selfie(width=1234, height=987, seed=3, exif_text="exif-canary")
    page = visit().page
    choose(page, content, name="file-name-canary.jpg")
    expect(page.locator("#about-picture")).to_contain_text("1234 \N{MULTIPLICATION SIGN} 987")
    verify(page)

    assert sandbox.requests[0].sha256 == hashlib.sha256(content).hexdigest()
    assert sandbox.requests[0].file_name != "file-name-canary.jpg"


def test_a_dropped_file(visit: Visitor, sandbox: Sandbox) -> None:
    content = draw_selfie(format="PNG", seed=2)
    page = visit().page
    page.evaluate(
        Path(__file__).with_name("drop.js").read_text(),
        list(content),
    )
    expect(page.locator("#about-picture")).to_contain_text("dropped.png")
    expect(page.locator("[data-dropping]")).to_have_count(0)
    verify(page)

    assert sandbox.requests[0].sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("outcome", "words", "sentence", "boxes"),
    [
        ("not_live", "Not live", "The score 0.0312 stays below the threshold 0.6.", 1),
        ("no_face", "Inconclusive", "No face was found in the picture.", 0),
        ("multiple_faces", "Inconclusive", "Several faces were found", 3),
    ],
)
def test_every_decision_in_words(
    visit: Visitor, outcome: str, words: str, sentence: str, boxes: int
) -> None:
    page = visit().page
    page.select_option("#outcome", outcome)
    page.get_by_role("button", name="Drawn face").click()
    page.locator("#verify:enabled").wait_for()
    verify(page, outcome)

    expect(page.locator(".verdict h2")).to_have_text(words)
    expect(page.locator(".sentence")).to_contain_text(sentence)
    expect(page.locator("[data-face]")).to_have_count(boxes)
    expect(page.locator(".scale")).to_have_count(1 if boxes else 0)


def test_the_threshold_decides_and_is_shown(visit: Visitor, sandbox: Sandbox) -> None:
    page = visit().page
    choose(page, draw_selfie())
    page.locator("#threshold-slider").focus()
    page.keyboard.press("End")
    expect(page.locator("#threshold")).to_have_value("1")
    page.fill("#threshold", "0.9999")
    expect(page.locator("#threshold-slider")).to_have_value("1")
    verify(page)

    expect(page.locator(".verdict h2")).to_have_text("Not live")
    assert sandbox.requests[0].threshold == "0.9999"
    scale = page.locator(".scale").bounding_box()
    score = page.locator(".scale-score").bounding_box()
    threshold = page.locator(".scale-threshold").bounding_box()
    assert scale
    assert score
    assert threshold
    middle = score["x"] + score["width"] / 2
    assert (middle - scale["x"]) / scale["width"] == pytest.approx(0.9998, abs=0.005)
    assert (threshold["x"] + 1 - scale["x"]) / scale["width"] == pytest.approx(0.9999, abs=0.005)


def test_the_same_again_is_answered_from_the_record(visit: Visitor, sandbox: Sandbox) -> None:
    page = visit().page
    choose(page, draw_selfie())
    verify(page)
    verification_id = page.locator("dd").nth(1).inner_text()
    page.get_by_role("button", name="Send the same again").click()

    expect(page.get_by_text("nothing was paid twice")).to_be_visible()
    assert page.locator("dd").nth(1).inner_text() == verification_id
    assert len(sandbox.requests) == 1

    page.locator("#verify:enabled").click()
    expect(page.get_by_text("nothing was paid twice")).to_have_count(0)
    page.locator(".card").wait_for()
    assert page.locator("dd").nth(1).inner_text() != verification_id


def test_progress_is_said_while_it_lasts(visit: Visitor, sandbox: Sandbox) -> None:
    page = visit(still=False).page
    choose(page, draw_selfie(width=2400, height=1800, format="PNG"))
    page.select_option("#outcome", "slow")
    page.locator("#verify").click()

    expect(page.get_by_role("status").filter(has_text="Asking the liveness API")).to_be_visible()
    expect(page.locator("#verify")).to_be_disabled()
    expect(page.locator("#form")).to_have_js_property("inert", value=True)
    expect(page.locator("[data-step=claimed]")).to_have_attribute("data-state", "next")
    expect(page.locator("#progress-words")).to_have_text("Asking the liveness API … 2 s")
    page.locator(".card").wait_for()
    expect(page.locator("#progress")).to_be_hidden()
    assert len(sandbox.requests) == 1
