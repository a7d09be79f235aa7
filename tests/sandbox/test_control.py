"""The control API, and the sandbox as a program."""

import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import requests

from sandbox import OUTCOMES, SHOWN_OUTCOMES, InvalidOutcomeError, Sandbox
from sandbox.records import Records
from tests.sandbox.conftest import APP_KEY, PATIENCE, Post


def call(sandbox: Sandbox, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{sandbox.url}/control{path}", json=body, timeout=PATIENCE)


def test_outcomes_come_in_the_scripted_order_then_the_default(sandbox: Sandbox, post: Post) -> None:
    call(sandbox, "PUT", "/next", {"outcome": "unavailable", "count": 5})
    call(sandbox, "PUT", "/next", {"outcome": "limit", "count": 2, "replace": True})
    summary = call(sandbox, "PUT", "/next", {"outcome": "not_live", "score": "0.5"}).json()
    assert summary["next"] == ["limit", "limit", "not_live"]
    call(sandbox, "PUT", "/default", {"outcome": "server_error", "status": 502})

    assert [post().status_code for _ in range(4)] == [403, 403, 200, 502]
    sandbox.next("limit")
    assert call(sandbox, "DELETE", "/next").status_code == 204
    assert post().status_code == 502
    sandbox.next("limit")
    sandbox.forget()
    assert sandbox.requests == ()
    assert post().status_code == 200


def test_requests_can_be_read_and_dropped(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = call(sandbox, "GET", "/requests").json()
    assert (seen["outcome"], seen["sha256"]) == ("live", sandbox.requests[0].sha256)
    assert APP_KEY not in str(seen)

    assert call(sandbox, "DELETE", "/requests").status_code == 204
    assert call(sandbox, "GET", "/requests").json() == []
    post()
    assert sandbox.requests[0].number == seen["number"] + 1


def test_credentials_can_be_rotated(sandbox: Sandbox, post: Post) -> None:
    new = {"app_id": "a", "app_key": "b"}
    assert call(sandbox, "PUT", "/credentials", new).status_code == 204
    assert post().status_code == 401
    assert post(headers={"app-id": "a", "app-key": "b"}).status_code == 200
    assert call(sandbox, "PUT", "/credentials", {"app_id": "a"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/next", {"outcome": "alive"}, "unknown outcome 'alive'"),
        ("/default", {"outcome": "alive"}, "unknown outcome 'alive'"),
        ("/next", {}, "outcome is needed"),
        ("/next", [], "must be a JSON object"),
        ("/next", {"outcome": "live", "count": 0}, "count must"),
        ("/next", {"outcome": "live", "count": True}, "count must"),
        ("/next", {"outcome": "live", "count": "2"}, "count must"),
        ("/next", {"outcome": "live", "replace": 1}, "replace true or false"),
        ("/next", {"outcome": "html", "score": "0.3"}, "'html' takes delay, headers; not 'score'"),
        ("/next", {"outcome": "live", "score": True}, "score cannot be a bool"),
        ("/next", {"outcome": "live", "delay": -1}, "delay must be from 0"),
        ("/next", {"outcome": "live", "headers": {"a": 1}}, "headers must be"),
        ("/next", {"outcome": "verbatim", "body_base64": "%"}, "is not base64"),
    ],
)
def test_an_invalid_outcome_is_refused_with_the_reason(
    sandbox: Sandbox, path: str, body: object, complaint: str
) -> None:
    response = call(sandbox, "PUT", path, body)
    assert response.status_code == 400
    assert complaint in response.json()["error"]
    summary = call(sandbox, "GET", "").json()
    assert (summary["queued"], summary["default"]) == (0, "live")


def test_what_else_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidOutcomeError, match="unknown outcome"):
        sandbox.next("alive")
    url = f"{sandbox.url}/control"
    assert requests.put(f"{url}/next", data=b"{", timeout=PATIENCE).status_code == 400
    assert requests.get(f"{url}/elsewhere", timeout=PATIENCE).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"}, {"Host": "127.0.0.1"}, {"Origin": "https://a.example"},
        {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
def test_a_page_of_elsewhere_is_refused_and_changes_nothing(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    for method, path, body in (
        ("PUT", "/control/next", '{"outcome": "not_live"}'), ("GET", "/control", None),
        ("DELETE", "/control/requests", None), ("GET", "/control/requests", None),
        ("POST", "/v0.2/liveness-verification", "x"), ("GET", "/canary", None), ("GET", "/", None),
    ):  # fmt: skip
        url = sandbox.url + path
        refused = requests.request(method, url, data=body, headers=headers, timeout=PATIENCE)
        assert refused.status_code == 403
    assert not sandbox.requests
    assert not sandbox.canary_visits
    assert call(sandbox, "GET", "").json()["queued"] == 0


def test_every_outcome_is_described_and_the_page_shows_the_safe_ones() -> None:
    assert all(outcome.description for outcome in OUTCOMES.values())
    assert set(SHOWN_OUTCOMES) < set(OUTCOMES) - {"verbatim"}
    assert SHOWN_OUTCOMES[:4] == ("live", "not_live", "no_face", "multiple_faces")


def test_the_number_of_records_is_limited(sandbox: Sandbox, post: Post) -> None:
    post()
    (seen,) = sandbox.requests
    records = Records(capacity=3)
    for number in range(1, 6):
        records.add(replace(seen, number=number))
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
