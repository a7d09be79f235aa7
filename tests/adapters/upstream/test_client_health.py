"""What a call says about upstream's health, and how long a client is asked to wait."""

import pytest

from liveness_gateway.verifications.ports import NotChargedError
from tests.adapters.upstreams import Upstreams, unsent
from tests.doubles.behaviours import Behaviour, error, refused, says
from tests.doubles.liveness_api import ScriptedOutcome


@pytest.mark.parametrize(
    ("scripts", "end", "counts"),
    [
        (["live"], "succeeded", {}),
        ([unsent("tls"), "live"], "succeeded", {}),
        (["no face, by null"], "succeeded", {}),
        (["no face, by error"], "succeeded", {}),
        (["no face, by status"], "succeeded", {}),
        (["crowd"], "succeeded", {"answer_part_left_out": 1}),
        (["no box"], "succeeded", {"answer_part_left_out": 1}),
        (["invalid image"], "succeeded", {}),
        (["face corrupt"], "succeeded", {}),
        (["true"], "succeeded", {}),
        (["bad request"], "succeeded", {}),
        (["refused credentials"], "refused", {"credentials_refused": 1}),
        (["limit"], "refused", {"limit_reached": 1}),
    ],
)
def test_the_breaker_is_told_of_each_request_once(
    scripts: list[ScriptedOutcome], end: str, counts: dict[str, int]
) -> None:
    up = Upstreams(*scripts)
    up.outcome()
    assert up.breaker.ends == [end]
    assert up.telemetry.counts == counts


@pytest.mark.parametrize(
    ("left", "script", "told", "end", "calls"),
    [
        (0, "live", "failed rate_limited day_budget_used_up", "undecided", 0),
        (1, "live", "answered", "succeeded", 1),
        # The second call may not be made: what came of the first one stands, for the breaker, too.
        (1, "too many, soon", "failed upstream_unavailable upstream_status_429", "failed", 1),
        (1, "unavailable, soon", "failed upstream_unavailable upstream_status_503", "failed", 1),
        (1, "refused credentials", "failed upstream_unavailable credentials_refused", "refused", 1),
    ],
)
def test_a_budget_says_nothing_about_upstream(
    left: int, script: str, told: str, end: str, calls: int
) -> None:
    up = Upstreams(script)
    up.left = left
    assert up.outcome() == told
    assert up.breaker.ends == [end]
    assert len(up.api.received) == calls


@pytest.mark.parametrize(
    "trouble",
    [
        *(unsent(reason) for reason in ("tls", "connection_refused", "connect_timeout")),
        *(Behaviour(lost=reason) for reason in ("timeout", "connection_lost", "answer_cut")),
        *(Behaviour(status=status) for status in (429, 500, 502, 503, 504, 520, 529, 599)),
    ],
    ids=lambda trouble: trouble.unsent or trouble.lost or trouble.status,
)
def test_trouble_of_upstream_counts_for_the_breaker(trouble: Behaviour) -> None:
    up = Upstreams(trouble, trouble)
    up.outcome()
    assert up.breaker.ends == ["failed"]


@pytest.mark.parametrize(
    "body", [b"", b"<h1>No</h1>", b"{}", b'{"Errors": []}', b'{"error": 3003}']
)
@pytest.mark.parametrize(
    "status",
    [301, 302, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415,
     416, 417, 418, 421, 422, 423, 425, 426, 428, 431, 451, 499],
)  # fmt: skip
def test_what_something_in_between_answers_says_nothing_about_upstream(
    status: int, body: bytes
) -> None:
    """A proxy or a firewall that dislikes one picture: others are judged as before."""
    up = Upstreams(says(body, status))
    up.outcome()
    assert up.breaker.ends == ["undecided"]


@pytest.mark.parametrize("page", [b"<h1>Blocked</h1>", b"", b"null", b"[]", b"\xff"])
def test_a_success_that_is_no_document_says_nothing_about_upstream(page: bytes) -> None:
    up = Upstreams(says(page))
    up.outcome()
    assert up.breaker.ends == ["undecided"]


@pytest.mark.parametrize("lost", ["answer_too_large", "broken_http"])
def test_an_answer_that_cannot_be_read_says_nothing_about_upstream(lost: str) -> None:
    up = Upstreams(Behaviour(lost=lost))
    up.outcome()
    assert up.breaker.ends == ["undecided"]


@pytest.mark.parametrize("status", [400, 402, 404, 409, 413, 415, 422])
@pytest.mark.parametrize("code", [1001, 1002, 1003, 3002, 5000, 5005])
def test_an_error_of_upstream_itself_about_one_picture_shows_that_it_is_well(
    status: int, code: int
) -> None:
    up = Upstreams(says(error(code), status))
    assert up.outcome() == f"unknown upstream_bad_answer upstream_status_{status}"
    assert up.breaker.ends == ["succeeded"]


def test_an_open_circuit_refuses_and_says_for_how_long() -> None:
    up = Upstreams()
    up.breaker.closed = False
    with pytest.raises(NotChargedError) as caught:
        up.verify()
    assert (caught.value.reason, caught.value.retry_after) == ("circuit_open", 18)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), (" 7 ", 7), ("0", 0), ("Sun, 01 Jun 2025 12:02:00 GMT", 120),
     ("Sunday, 01-Jun-25 12:00:09 GMT", 9), ("Sun Jun  1 12:01:00 2025", 60),
     ("Sun, 06 Nov 1994 08:49:37 GMT", 0)],
)  # fmt: skip
def test_what_upstream_asks_to_wait_is_passed_on(status: int, said: str, seconds: int) -> None:
    up = Upstreams(*[refused(status, said)] * 2)
    with pytest.raises(NotChargedError) as caught:
        up.verify()
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("said", ["soon", "-1", "1e3", "", "1.5", "Sun, 99 Jun 2025 12:02:00 GMT"])
def test_a_wait_that_cannot_be_read_is_none(said: str) -> None:
    up = Upstreams(refused(429, said))
    with pytest.raises(NotChargedError) as caught:
        up.verify()
    assert caught.value.retry_after is None
