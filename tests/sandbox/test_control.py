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
    assert put(sandbox, "next", {"outcome": "limit", "count": 2}).status_code == 200
    summary = put(sandbox, "next", {"outcome": "not_live", "score": "0.5"}).json()
    assert summary["next"] == ["limit", "limit", "not_live"]
    put(sandbox, "default", {"outcome": "server_error", "status": 502})

    assert [post().status_code for _ in range(5)] == [403, 403, 200, 502, 502]
    assert get(sandbox, "")["default"] == "server_error"
    assert get(sandbox, "")["queued"] == 0


def test_the_queue_can_be_replaced_and_emptied(sandbox: Sandbox, post: Post) -> None:
    put(sandbox, "next", {"outcome": "limit", "count": 5})
    put(sandbox, "next", {"outcome": "unavailable", "replace": True})
    assert [post().status_code for _ in range(2)] == [503, 200]

    put(sandbox, "next", {"outcome": "limit", "count": 5})
    assert delete(sandbox, "next") == 204
    assert post().status_code == 200

    sandbox.set_default("limit")
    sandbox.next("server_error")
    sandbox.forget()
    assert sandbox.requests == ()
    assert post().status_code == 200


def test_requests_can_be_read_and_dropped(sandbox: Sandbox, post: Post) -> None:
    post(), post()
    seen = get(sandbox, "/requests")

    assert seen[1]["number"] == seen[0]["number"] + 1
    assert seen[0]["outcome"] == "live"
    assert seen[0]["sha256"] == sandbox.requests[0].sha256
    assert APP_KEY not in json.dumps(seen)

    assert delete(sandbox, "requests") == 204
    assert get(sandbox, "/requests") == []
    post()
    assert get(sandbox, "/requests")[0]["number"] == seen[1]["number"] + 1


def test_credentials_can_be_rotated(sandbox: Sandbox, post: Post) -> None:
    assert put(sandbox, "credentials", {"app_id": "a", "app_key": "b"}).status_code == 204
    assert post().status_code == 401
    assert post(headers={"app-id": "a", "app-key": "b"}).status_code == 200
    assert put(sandbox, "credentials", {"app_id": "a"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"outcome": "alive"}, "unknown outcome 'alive'"),
        ({}, "outcome is needed"),
        ([], "must be a JSON object"),
        ({"outcome": "live", "count": 0}, "count must"),
        ({"outcome": "live", "count": True}, "count must"),
        ({"outcome": "live", "count": "2"}, "count must"),
        ({"outcome": "live", "replace": 1}, "replace true or false"),
        ({"outcome": "html", "score": "0.3"}, "'html' takes delay, headers; not 'score'"),
        ({"outcome": "live", "score": True}, "score cannot be a bool"),
        ({"outcome": "live", "delay": -1}, "delay must be from 0"),
        ({"outcome": "live", "faces": 101}, "faces must be"),
        ({"outcome": "live", "headers": {"a": 1}}, "headers must be"),
        ({"outcome": "verbatim", "body_base64": "%"}, "is not base64"),
        ({"outcome": "server_error", "status": 99}, "status must be"),
    ],
)
def test_an_invalid_outcome_is_refused_with_the_reason(
    sandbox: Sandbox, body: object, complaint: str
) -> None:
    for path in ("next", "default"):
        if path == "default" and isinstance(body, dict) and body.keys() & {"count", "replace"}:
            continue
        response = put(sandbox, path, body)
        assert response.status_code == 400
        assert complaint in response.json()["error"]
    assert get(sandbox, "")["queued"] == 0


def test_what_else_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidOutcomeError, match="unknown outcome"):
        sandbox.next("alive")
    no_json = requests.put(f"{sandbox.url}/control/next", data=b"{", timeout=PATIENCE)
    assert no_json.status_code == 400
    assert get(sandbox, "/elsewhere") == {"error": "no GET /control/elsewhere here"}
    for path in ("/control", "/control/requests"):
        headers = {"Host": "rebound.example"}
        foreign = requests.get(f"{sandbox.url}{path}", headers=headers, timeout=PATIENCE)
        assert foreign.status_code == 403


def test_every_outcome_is_described_and_the_page_shows_the_safe_ones() -> None:
    assert all(outcome.description for outcome in OUTCOMES.values())
    assert set(SHOWN_OUTCOMES) < set(OUTCOMES)
    assert SHOWN_OUTCOMES[:4] == ("live", "not_live", "no_face", "multiple_faces")
    assert "verbatim" not in SHOWN_OUTCOMES


def test_the_number_of_records_is_limited(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = sandbox.requests
    records = Records(capacity=3)
    fields = {name: getattr(seen, name) for name in ReceivedRequest.__slots__}
    for number in range(1, 6):
        records.add(ReceivedRequest(**{**fields, "number": number}))

    assert [request.number for request in records.requests] == [3, 4, 5]
    assert not records.wait_for(4, timeout=0)


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "sandbox", "--port"]
    with subprocess.Popen(  # noqa: S603 - our own arguments
        [*command, "0"], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        greeting = program.stdout.readline()
        url = greeting.split()[6]
        try:
            assert "it does not judge liveness" in greeting
            assert requests.get(url, timeout=PATIENCE).status_code == 200
            second = subprocess.run(  # noqa: S603 - our own arguments
                [*command, url.rsplit(":", 1)[1]], capture_output=True, text=True, check=False
            )
            assert second.returncode == 1
            assert "cannot be used" in second.stdout
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=PATIENCE) == 0
