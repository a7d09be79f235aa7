"""The documented responses, as a real client receives them.

Those that are no usable response are read in tests/adapters/upstream/test_client.py.
"""

import re

import pytest
import requests

from sandbox import Sandbox
from sandbox.scripted_outcomes import Options
from tests.sandbox.conftest import PATIENCE, Post

PAST = "Mon, 01 Jan 2024 00:00:00 GMT"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
MEMBERS = {"processed_at", "requested_at", "response_code", "response_data"}
SIZE = {"img": {"height": 71, "width": 95}}
OLDER_SIZE = {"img_height": 71, "img_width": 95}


@pytest.mark.parametrize(
    ("outcome", "status", "uid", "code", "size", "faces"),
    [
        ("live", 200, {"api_req_uid"}, 2, SIZE, 1),
        ("no_face", 200, {"api_req_uid"}, 2, SIZE, 0),
        ("multiple_faces", 200, {"api_req_uid"}, 2, SIZE, 3),
        ("older", 201, set(), 0, OLDER_SIZE, 1),
        ("older_uuid", 201, {"api_req_uuid"}, 0, OLDER_SIZE, 1),
    ],
)
def test_usable_outcomes_have_the_documented_shape(  # noqa: PLR0913, PLR0917 - fixtures and cases
    sandbox: Sandbox,
    post: Post,
    outcome: str,
    status: int,
    uid: set[str],
    code: int,
    size: dict[str, object],
    faces: int,
) -> None:
    sandbox.next(outcome)
    response = post()
    body, data = response.json(), response.json()["response_data"]

    assert (response.status_code, body["response_code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/json"
    assert body.keys() == MEMBERS | uid
    assert TIMESTAMP.fullmatch(body["requested_at"])
    assert TIMESTAMP.fullmatch(body["processed_at"])
    assert data.keys() == {"faces_liveness", "faces_predicted", *size}
    assert data.items() >= size.items()
    assert len(data["faces_predicted"]) == faces
    assert all(0 < face["confidence"] <= 1 for face in data["faces_predicted"])


@pytest.mark.parametrize("score", ["0.930", "1e999", "NaN", "null", '"0.9"', "true", "1" * 10_000])
def test_the_score_is_written_as_scripted(sandbox: Sandbox, post: Post, score: str) -> None:
    sandbox.next("live", score=score)
    assert f'"faces_liveness": {score},' in post().text


@pytest.mark.parametrize(
    ("outcome", "options", "expected"),
    [
        ("server_error", {"status": 504}, (504, None)),
        ("too_many_requests", {}, (429, "1")),
        ("too_many_requests", {"retry_after": PAST}, (429, PAST)),
        ("too_many_requests", {"retry_after": "-1e9 soon"}, (429, "-1e9 soon")),
        ("too_many_requests", {"retry_after": None}, (429, None)),
        ("unavailable", {"retry_after": 30}, (503, "30")),
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
