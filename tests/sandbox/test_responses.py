"""The documented responses, as a real client receives them."""

import re
from typing import Any

import pytest
import requests

from sandbox import Sandbox
from sandbox.scripted_outcomes import Options
from tests.sandbox.conftest import PATIENCE, Post

PAST = "Mon, 01 Jan 2024 00:00:00 GMT"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
DOCUMENTED = {"api_req_uid", "processed_at", "requested_at", "response_code", "response_data"}


def assert_inside(boxes: list[dict[str, Any]], count: int, width: int, height: int) -> None:
    assert len(boxes) == count
    for box in boxes:
        (x, y), (across, down) = box["top_left"].values(), box["delta"].values()
        assert 0 < box["confidence"] <= 1
        assert 0 <= x <= x + across <= width
        assert 0 <= y <= y + down <= height
        assert across > 0.05 * width
        assert down > 0.1 * height


@pytest.mark.parametrize("dialect", ["v0.1", "v0.2"])
@pytest.mark.parametrize(
    ("outcome", "score", "faces"),
    [
        ("live", 0.9998, 1), ("not_live", 0.0312, 1), ("no_face", 0.0, 0),
        ("multiple_faces", 0.9998, 3),
    ],
)  # fmt: skip
def test_usable_outcomes_have_the_documented_shape(  # noqa: PLR0913, PLR0917 - fixtures and cases
    sandbox: Sandbox, post: Post, dialect: str, outcome: str, score: float, faces: int
) -> None:
    sandbox.next(outcome)
    response = post(dialect)
    body = response.json()

    assert (response.status_code, body.keys(), body["response_code"]) == (200, DOCUMENTED, 2)
    assert response.headers["Content-Type"] == "application/json"
    assert TIMESTAMP.fullmatch(body["requested_at"])
    assert TIMESTAMP.fullmatch(body["processed_at"])
    assert body["response_data"]["img"] == {"height": 71, "width": 95}
    assert body["response_data"]["faces_liveness"] == score
    assert_inside(body["response_data"]["faces_predicted"], faces, 95, 71)


@pytest.mark.parametrize(("outcome", "uid"), [("older", None), ("older_uuid", "api_req_uuid")])
def test_the_older_shape(sandbox: Sandbox, post: Post, outcome: str, uid: str | None) -> None:
    sandbox.next(outcome)
    response = post()
    body = response.json()
    data = body["response_data"]

    assert (response.status_code, body["response_code"]) == (201, 0)
    assert body.keys() == DOCUMENTED - {"api_req_uid"} | ({uid} if uid else set())
    assert (data["img_width"], data["img_height"]) == (95, 71)
    assert "img" not in data
    assert_inside(data["faces_predicted"], 1, 95, 71)


@pytest.mark.parametrize("score", ["0.930", "1e999", "NaN", "null", '"0.9"', "true", "1" * 10_000])
def test_the_score_is_written_as_scripted(sandbox: Sandbox, post: Post, score: str) -> None:
    sandbox.next("live", score=score)
    assert f'"faces_liveness": {score},' in post().text


@pytest.mark.parametrize(
    ("outcome", "options", "expected"),
    [
        ("unauthorized", {}, (401, None)),
        ("limit", {}, (403, None)),
        ("server_error", {}, (500, None)),
        ("server_error", {"status": 504}, (504, None)),
        ("too_many_requests", {}, (429, "1")),
        ("too_many_requests", {"retry_after": PAST}, (429, PAST)),
        ("too_many_requests", {"retry_after": "-1e9 soon"}, (429, "-1e9 soon")),
        ("too_many_requests", {"retry_after": None}, (429, None)),
        ("unavailable", {"retry_after": 30}, (503, "30")),
        ("bad_request", {}, (400, None)),
        ("errors_in_200", {}, (200, None)),
    ],
)
def test_errors_have_the_documented_body(
    sandbox: Sandbox, post: Post, outcome: str, options: Options, expected: tuple[int, str | None]
) -> None:
    sandbox.next(outcome, **options)
    response = post()

    assert (response.status_code, response.headers.get("Retry-After")) == expected
    (error,) = response.json()["Errors"]
    assert error.keys() == {"Message", "ErrCode"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_lead_to_the_canary(sandbox: Sandbox, post: Post, status: int) -> None:
    elsewhere = "http://127.0.0.1:1/elsewhere"
    sandbox.next("redirect", status=status)
    sandbox.next("redirect", location=elsewhere)
    response = post()

    assert response.status_code == status
    assert response.headers["Location"] == f"{sandbox.url}/canary"
    assert post().headers["Location"] == elsewhere
    assert not sandbox.canary_visits

    requests.post(f"{sandbox.url}/canary", headers={"app-key": "x"}, data=b"12", timeout=PATIENCE)
    (visit,) = sandbox.canary_visits
    assert (visit.method, visit.size) == ("POST", 2)
    assert "app-key" in visit.header_names
    listed = requests.get(f"{sandbox.url}/control/canary", timeout=PATIENCE).json()
    assert [row["size"] for row in listed] == [2]


def test_bodies_that_are_not_the_documented_json(sandbox: Sandbox, post: Post) -> None:
    for outcome in ("html", "empty", "no_content", "broken_body", "huge_body"):
        sandbox.next(outcome)
    html, empty, no_content, broken, huge = (post() for _ in range(5))

    assert html.headers["Content-Type"].startswith("text/html")
    assert html.text.startswith("<!doctype html>")
    assert (empty.status_code, empty.content) == (200, b"")
    assert (no_content.status_code, no_content.content) == (204, b"")
    assert "Content-Length" not in no_content.headers
    assert broken.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        broken.json()
    assert len(huge.content) == 20 * 1024 * 1024
    assert huge.json()["response_data"]["faces_liveness"] == 0.9998


def test_verbatim(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("verbatim", status=599, body="Grüße", headers={"X-Mine": "yes"})
    sandbox.next("verbatim", body_base64="/9j/AA==", headers={"content-type": "image/jpeg"})
    text, image = post(), post()

    assert (text.status_code, text.content) == (599, "Grüße".encode())
    assert text.headers["X-Mine"] == "yes"
    assert (image.content, image.headers["Content-Type"]) == (b"\xff\xd8\xff\x00", "image/jpeg")


def test_every_response_has_the_request_id_of_its_record(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("server_error")
    ids = [post().headers["X-Request-ID"] for _ in range(3)]

    assert len(set(ids)) == 3
    assert [request.request_id for request in sandbox.requests] == ids
