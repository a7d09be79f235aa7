"""The control address, and the sandbox as a program."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
import requests

from sandbox import OUTCOMES, SHOWN_OUTCOMES, BadOrderError, Sandbox
from sandbox.records import ReceivedRequest, Records
from tests.sandbox.conftest import APP_KEY, Post


def put(sandbox: Sandbox, path: str, body: object) -> requests.Response:
    return requests.put(f"{sandbox.url}/control/{path}", json=body, timeout=5)


def get(sandbox: Sandbox, path: str) -> Any:  # noqa: ANN401  # JSON
    return requests.get(f"{sandbox.url}/control{path}", timeout=5).json()


def test_orders_come_in_order_then_the_default(sandbox: Sandbox, post: Post) -> None:
    assert put(sandbox, "next", {"outcome": "limit", "count": 2}).status_code == 200
    summary = put(sandbox, "next", {"outcome": "not_live", "score": "0.5"}).json()
    assert summary["next"] == ["limit", "limit", "not_live"]
    put(sandbox, "default", {"outcome": "server_error", "status": 502})

    assert [post().status_code for _ in range(5)] == [403, 403, 200, 502, 502]
    assert get(sandbox, "")["default"] == "server_error"
    assert get(sandbox, "")["queued"] == 0


def test_an_order_can_replace_what_waits(sandbox: Sandbox, post: Post) -> None:
    put(sandbox, "next", {"outcome": "limit", "count": 5})
    put(sandbox, "next", {"outcome": "unavailable", "replace": True})

    assert [post().status_code for _ in range(2)] == [503, 200]


def test_the_queue_can_be_emptied(sandbox: Sandbox, post: Post) -> None:
    put(sandbox, "next", {"outcome": "limit", "count": 5})
    assert requests.delete(f"{sandbox.url}/control/next", timeout=5).status_code == 204
    assert post().status_code == 200


def test_requests_can_be_read_and_forgotten(sandbox: Sandbox, post: Post) -> None:
    post(), post()
    seen = get(sandbox, "/requests")

    assert [request["number"] for request in seen] == [1, 2]
    assert seen[0]["outcome"] == "live"
    assert seen[0]["sha256"] == sandbox.requests[0].sha256
    assert APP_KEY not in json.dumps(seen)

    requests.delete(f"{sandbox.url}/control/requests", timeout=5)
    assert get(sandbox, "/requests") == []
    post()
    assert get(sandbox, "/requests")[0]["number"] == 3


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
def test_a_bad_order_says_what_is_wrong(sandbox: Sandbox, body: object, complaint: str) -> None:
    for path in ("next", "default"):
        if path == "default" and isinstance(body, dict) and body.keys() & {"count", "replace"}:
            continue
        answer = put(sandbox, path, body)
        assert answer.status_code == 400
        assert complaint in answer.json()["error"]
    assert get(sandbox, "")["queued"] == 0


def test_a_bad_order_in_code_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(BadOrderError, match="unknown outcome"):
        sandbox.next("alive")
    assert requests.put(f"{sandbox.url}/control/next", data=b"{", timeout=5).status_code == 400
    assert get(sandbox, "/elsewhere") == {"error": "no GET /control/elsewhere here"}


def test_control_is_for_this_machine(sandbox: Sandbox) -> None:
    headers = {"Host": "rebound.example"}
    for path in ("/control", "/control/requests"):
        answer = requests.get(f"{sandbox.url}{path}", headers=headers, timeout=5)
        assert answer.status_code == 403


def test_forget_is_a_fresh_start(sandbox: Sandbox, post: Post) -> None:
    sandbox.set_default("limit")
    sandbox.next("server_error")
    post()
    sandbox.forget()

    assert sandbox.requests == ()
    assert post().status_code == 200


def test_every_outcome_says_what_it_is_and_the_page_gets_the_safe_ones() -> None:
    assert all(row.says for row in OUTCOMES.values())
    assert set(SHOWN_OUTCOMES) < set(OUTCOMES)
    assert SHOWN_OUTCOMES[:4] == ("live", "not_live", "no_face", "multiple_faces")
    assert "verbatim" not in SHOWN_OUTCOMES


def test_only_so_many_requests_are_remembered(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = sandbox.requests
    records = Records(capacity=3)
    for number in range(1, 6):
        fields = {name: getattr(seen, name) for name in ReceivedRequest.__slots__}
        records.add(ReceivedRequest(**{**fields, "number": number}))

    assert [request.number for request in records.requests] == [3, 4, 5]
    assert not records.wait_for(4, timeout=0.01)


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "sandbox", "--port"]
    with subprocess.Popen(  # noqa: S603  # our own arguments
        [*command, "0"], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        greeting = program.stdout.readline()
        url = greeting.split()[6]
        try:
            assert "it does not judge liveness" in greeting
            assert requests.get(url, timeout=5).status_code == 200
            busy = subprocess.run(  # noqa: S603  # our own arguments
                [*command, url.rsplit(":", 1)[1]],
                capture_output=True,
                text=True,
                check=False,
                timeout=20,
            )
            assert busy.returncode == 1
            assert "cannot be used" in busy.stdout
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=5) == 0
