"""The documented responses, as a real client receives them.

Those that are no usable response are read in tests/api/test_bootstrap.py.
"""

import re

import pytest
import requests

from sandbox import Sandbox
from tests.sandbox.conftest import PATIENCE, Post

PAST = "Mon, 01 Jan 2024 00:00:00 GMT"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
MEMBERS = {"processed_at", "requested_at", "response_code", "response_data"}
CURRENT = (200, 2, {"api_req_uid"}, {"img": {"height": 71, "width": 95}})
OLDER = (201, 0, set[str](), {"img_height": 71, "img_width": 95})
Shape = tuple[int, int, set[str], dict[str, object]]


@pytest.mark.parametrize(
    ("outcome", "shape", "faces"),
    [
        ("live", CURRENT, 1),
        ("no_face", CURRENT, 0),
        ("multiple_faces", CURRENT, 3),
        ("older", OLDER, 1),
        ("older_uuid", (201, 0, {"api_req_uuid"}, OLDER[3]), 1),
    ],
)
def test_usable_outcomes_have_the_documented_shape(
    sandbox: Sandbox, post: Post, outcome: str, shape: Shape, faces: int
) -> None:
    status, code, uid, size = shape
    sandbox.next(outcome)
    response = post()
    body = response.json()

    assert (response.status_code, body["response_code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/json"
    assert body.keys() == MEMBERS | uid
    assert TIMESTAMP.fullmatch(body["requested_at"])
    assert TIMESTAMP.fullmatch(body["processed_at"])
    found = body["response_data"].pop("faces_predicted")
    del body["response_data"]["faces_liveness"]
    assert body["response_data"] == size
    assert len(found) == faces
    assert all(0 < face["confidence"] <= 1 for face in found)


@pytest.mark.parametrize("score", ["0.930", "1e999", "NaN", "null", '"0.9"', "true", "1" * 10_000])
def test_the_score_is_written_as_scripted(sandbox: Sandbox, post: Post, score: str) -> None:
    sandbox.next("live", score=score)
    assert f'"faces_liveness": {score},' in post().text


@pytest.mark.parametrize("retry_after", ["1", PAST, "-1e9 soon", None])
@pytest.mark.parametrize(("outcome", "status"), [("too_many_requests", 429), ("unavailable", 504)])
def test_errors_have_the_documented_body_and_any_retry_after(
    sandbox: Sandbox, post: Post, outcome: str, status: int, retry_after: str | None
) -> None:
    sandbox.next(outcome, status=status, retry_after=retry_after)
    response = post()
    assert (response.status_code, response.headers.get("Retry-After")) == (status, retry_after)
    (error,) = response.json()["Errors"]
    assert error.keys() == {"Message", "ErrCode"}


def test_redirects_lead_to_the_canary(sandbox: Sandbox, post: Post) -> None:
    elsewhere = "http://127.0.0.1:1/elsewhere"
    sandbox.next("redirect", location=elsewhere)
    sandbox.next("redirect")
    assert post().headers["Location"] == elsewhere
    assert not sandbox.canary_visits

    requests.post(
        post().headers["Location"], headers={"app-key": "x"}, data=b"12", timeout=PATIENCE
    )
    (visit,) = sandbox.canary_visits
    assert (visit.method, visit.size) == ("POST", 2)
    assert "app-key" in visit.header_names
    listed = requests.get(f"{sandbox.url}/control/canary", timeout=PATIENCE).json()
    assert [row["size"] for row in listed] == [2]


def test_verbatim(sandbox: Sandbox, post: Post) -> None:
    sandbox.next("verbatim", status=599, body="Grüße", headers={"X-Mine": "yes"})
    sandbox.next("verbatim", body_base64="/9j/AA==", headers={"content-type": "image/jpeg"})
    text, image = post(), post()

    assert (text.status_code, text.content) == (599, "Grüße".encode())
    assert text.headers["X-Mine"] == "yes"
    assert (image.content, image.headers["Content-Type"]) == (b"\xff\xd8\xff\x00", "image/jpeg")
