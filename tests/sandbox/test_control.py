"""The control API, and the sandbox as a program."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
import requests

from sandbox import OUTCOMES, SHOWN_OUTCOMES, InvalidOutcomeError, Sandbox
from sandbox.records import ReceivedRequest, Records
from tests.sandbox.conftest import APP_KEY, PATIENCE, Post


def put(sandbox: Sandbox, path: str, body: object) -> requests.Response:
    return requests.put(f"{sandbox.url}/control/{path}", json=body, timeout=PATIENCE)


def get(sandbox: Sandbox, path: str) -> Any:  # noqa: ANN401 - JSON
    return requests.get(f"{sandbox.url}/control{path}", timeout=PATIENCE).json()


def delete(sandbox: Sandbox, path: str) -> int:
    return requests.delete(f"{sandbox.url}/control/{path}", timeout=PATIENCE).status_code


def test_outcomes_come_in_the_scripted_order_then_the_default(sandbox: Sandbox, post: Post) -> None:
    put(sandbox, "next", {"outcome": "unavailable", "count": 5})
    put(sandbox, "next", {"outcome": "limit", "count": 2, "replace": True})
    summary = put(sandbox, "next", {"outcome": "not_live", "score": "0.5"}).json()
    assert summary["next"] == ["limit", "limit", "not_live"]
    put(sandbox, "default", {"outcome": "server_error", "status": 502})

    assert [post().status_code for _ in range(4)] == [403, 403, 200, 502]
    assert (get(sandbox, "")["default"], get(sandbox, "")["queued"]) == ("server_error", 0)
    put(sandbox, "next", {"outcome": "limit"})
    assert delete(sandbox, "next") == 204
    assert post().status_code == 502
    sandbox.next("limit")
    sandbox.forget()
    assert sandbox.requests == ()
    assert post().status_code == 200


def test_requests_can_be_read_and_dropped(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = get(sandbox, "/requests")
    assert (seen["outcome"], seen["sha256"]) == ("live", sandbox.requests[0].sha256)
    assert APP_KEY not in json.dumps(seen)

    assert delete(sandbox, "requests") == 204
    assert get(sandbox, "/requests") == []
    post()
    assert get(sandbox, "/requests")[0]["number"] == seen["number"] + 1


def test_credentials_can_be_rotated(sandbox: Sandbox, post: Post) -> None:
    assert put(sandbox, "credentials", {"app_id": "a", "app_key": "b"}).status_code == 204
    assert post().status_code == 401
    assert post(headers={"app-id": "a", "app-key": "b"}).status_code == 200
    assert put(sandbox, "credentials", {"app_id": "a"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("next", {"outcome": "alive"}, "unknown outcome 'alive'"),
        ("default", {"outcome": "alive"}, "unknown outcome 'alive'"),
        ("next", {}, "outcome is needed"),
        ("next", [], "must be a JSON object"),
        ("next", {"outcome": "live", "count": 0}, "count must"),
        ("next", {"outcome": "live", "count": True}, "count must"),
        ("next", {"outcome": "live", "count": "2"}, "count must"),
        ("next", {"outcome": "live", "replace": 1}, "replace true or false"),
        ("next", {"outcome": "html", "score": "0.3"}, "'html' takes delay, headers; not 'score'"),
        ("next", {"outcome": "live", "score": True}, "score cannot be a bool"),
        ("next", {"outcome": "live", "delay": -1}, "delay must be from 0"),
        ("next", {"outcome": "live", "headers": {"a": 1}}, "headers must be"),
        ("next", {"outcome": "verbatim", "body_base64": "%"}, "is not base64"),
    ],
)
def test_an_invalid_outcome_is_refused_with_the_reason(
    sandbox: Sandbox, path: str, body: object, complaint: str
) -> None:
    response = put(sandbox, path, body)
    assert response.status_code == 400
    assert complaint in response.json()["error"]
    summary = get(sandbox, "")
    assert (summary["queued"], summary["default"]) == (0, "live")


def test_what_else_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidOutcomeError, match="unknown outcome"):
        sandbox.next("alive")
    control = f"{sandbox.url}/control"
    assert requests.put(f"{control}/next", data=b"{", timeout=PATIENCE).status_code == 400
    assert get(sandbox, "/elsewhere") == {"error": "no GET /control/elsewhere here"}
    foreign = requests.get(control, headers={"Host": "rebound.example"}, timeout=PATIENCE)
    assert foreign.status_code == 403


def test_every_outcome_is_described_and_the_page_shows_the_safe_ones() -> None:
    assert all(outcome.description for outcome in OUTCOMES.values())
    assert set(SHOWN_OUTCOMES) < set(OUTCOMES) - {"verbatim"}
    assert SHOWN_OUTCOMES[:4] == ("live", "not_live", "no_face", "multiple_faces")


def test_the_number_of_records_is_limited(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = sandbox.requests
    records = Records(capacity=3)
    fields = {name: getattr(seen, name) for name in ReceivedRequest.__slots__}
    for number in range(1, 6):
        records.add(ReceivedRequest(**{**fields, "number": number}))

    assert [request.number for request in records.requests] == [3, 4, 5]


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "sandbox", "--port"]
    with subprocess.Popen(  # noqa: S603 - our own arguments
        [*command, "0"], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        greeting = program.stdout.readline()
        assert "it does not judge liveness" in greeting
        url = greeting.split()[6]
        try:
            assert requests.get(url, timeout=PATIENCE).status_code == 200
            second = subprocess.run(  # noqa: S603 - our own arguments
                [*command, url.rsplit(":", 1)[1]], capture_output=True, text=True, check=False
            )
            assert second.returncode == 1
            assert "cannot be used" in second.stdout
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=PATIENCE) == 0
