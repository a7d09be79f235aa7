"""The retry table of docs/design.md, line by line."""

import logging

import pytest

from liveness_gateway.adapters.upstream.budget import RetryBudget
from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError, Reply
from liveness_gateway.verifications.ports import NotChargedError, OutcomeUnknownError, UpstreamError
from tests.adapters.upstreams import NEW, OLD, Upstreams, reply

BUSY = "failed upstream_unavailable upstream_status_429"
BUSY_503 = "failed upstream_unavailable upstream_status_503"


@pytest.mark.parametrize("reason", ["connection_refused", "connect_timeout", "tls", "broken_http"])
def test_what_was_not_sent_is_sent_once_more(reason: str) -> None:
    once = Upstreams(NotSentError(reason))
    assert (once.outcome(), once.calls) == ("answered", 2)
    twice = Upstreams(NotSentError(reason), NotSentError(reason))
    assert (twice.outcome(), twice.calls) == (f"failed upstream_unavailable {reason}", 2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("retry_after", "wait"), [("0", 0), ("1", 1), ("2", 2), ("002", 2)])
def test_a_refusal_with_a_short_wait_is_asked_again_after_it(
    status: int, retry_after: str, wait: float
) -> None:
    up = Upstreams(reply(status, retry_after))
    assert (up.outcome(), up.calls) == ("answered", 2)
    first, second = up.scripted.posts
    assert second.at - first.at == wait


LATER = [
    "3", "60", "999999", "1000000", "9" * 100, "0" * 5_000, "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 2044 08:49:37 GMT",
]  # fmt: skip
UNREADABLE = [
    "-1", "-0", "+1", "1.5", "1,5", " 1", "1 ", "1s", "", "soon", "1;2", "0x1", "1e0", "1, 2",
    "\N{ARABIC-INDIC DIGIT ONE}", "1\n", "Sun, 06 Nov 2044 08:49:37", "tomorrow GMT",
]  # fmt: skip


@pytest.mark.parametrize("retry_after", [*LATER, *UNREADABLE])
def test_a_429_with_any_other_wait_is_not_asked_again(retry_after: str) -> None:
    up = Upstreams(reply(429, retry_after))
    assert (up.outcome(), up.calls) == (BUSY, 1)
    assert up.clock.slept == []


@pytest.mark.parametrize("retry_after", LATER)
def test_a_503_that_says_when_is_a_refusal(retry_after: str) -> None:
    up = Upstreams(reply(503, retry_after))
    assert (up.outcome(), up.calls) == (BUSY_503, 1)


@pytest.mark.parametrize("retry_after", UNREADABLE)
def test_a_503_that_does_not_say_when_may_have_charged(retry_after: str) -> None:
    up = Upstreams(reply(503, retry_after))
    assert (up.outcome(), up.calls) == ("unknown upstream_bad_answer upstream_status_503", 1)


def test_429_without_a_wait_is_a_refusal_and_503_is_none() -> None:
    busy, broken = Upstreams(reply(429)), Upstreams(reply(503))
    assert (busy.outcome(), busy.calls) == (BUSY, 1)
    assert broken.outcome() == "unknown upstream_bad_answer upstream_status_503"
    assert broken.calls == 1


def test_a_second_refusal_is_the_last() -> None:
    up = Upstreams(reply(429, "1"), reply(429, "1"), reply())
    assert (up.outcome(), up.calls) == (BUSY, 2)


@pytest.mark.parametrize(
    "reason",
    ["timeout", "connection_lost", "answer_cut", "broken_http", "answer_too_large", "tls"],
)
def test_what_was_sent_and_not_answered_is_never_sent_again(reason: str) -> None:
    up = Upstreams(AnswerLostError(reason))
    code = "upstream_timeout" if reason == "timeout" else "upstream_bad_answer"
    assert (up.outcome(), up.calls) == (f"unknown {code} {reason}", 1)


@pytest.mark.parametrize(
    "status", [100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 402, 404, 405, 408, 409, 413, 415,
               418, 422, 425, 451, 499, 500, 501, 502, 504, 520, 529, 599, 600, 999]
)  # fmt: skip
def test_any_other_status_is_unknown_and_never_sent_again(status: int) -> None:
    up = Upstreams(reply(status, "1"))
    assert up.outcome() == f"unknown upstream_bad_answer upstream_status_{status}"
    assert up.calls == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_whose_body_is_an_answer_is_one(status: int) -> None:
    assert Upstreams(reply(status)).outcome() == "answered"
    bad = Upstreams(reply(status, body=b'{"Errors": [{"ErrCode": 5}]}'))
    assert (bad.outcome(), bad.calls) == ("unknown upstream_bad_answer unusable_answer", 1)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, "failed upstream_unavailable credentials_refused"),
        (403, "failed upstream_limit limit_reached"),
    ],
)
def test_a_refusal_of_the_credentials_refreshes_them_once(status: int, fault: str) -> None:
    changed = Upstreams(reply(status))
    changed.credentials.fresh = NEW
    assert (changed.outcome(), changed.calls) == ("answered", 2)
    assert changed.credentials.refreshes == 1
    first, second = changed.scripted.posts
    assert first.headers == {"app-id": "our-id", "app-key": "old-key-canary"}
    assert second.headers == {"app-id": "our-id", "app-key": "new-key-canary"}

    unchanged = Upstreams(reply(status))
    unchanged.credentials.fresh = OLD
    assert (unchanged.outcome(), unchanged.calls) == (fault, 1)

    out_of_reach = Upstreams(reply(status))
    assert (out_of_reach.outcome(), out_of_reach.calls) == (fault, 1)

    for_good = Upstreams(reply(status), reply(status), reply(status))
    for_good.credentials.fresh = NEW
    assert (for_good.outcome(), for_good.calls) == (fault, 2)


@pytest.mark.parametrize("status", [401, 403])
def test_without_time_to_use_them_the_credentials_are_not_refreshed(status: int) -> None:
    up = Upstreams(reply(status), seconds=19.5)
    up.credentials.fresh = NEW
    assert up.outcome(20).startswith("failed")
    assert (up.calls, up.credentials.refreshes) == (1, 0)


def test_a_second_call_may_end_otherwise_than_the_first() -> None:
    limit = Upstreams(reply(401), reply(403))
    limit.credentials.fresh = NEW
    assert limit.outcome() == "failed upstream_limit limit_reached"
    lost = Upstreams(NotSentError("tls"), AnswerLostError("timeout"))
    assert lost.outcome() == "unknown upstream_timeout timeout"
    refused = Upstreams(reply(429, "1"), NotSentError("connection_refused"))
    assert refused.outcome() == "failed upstream_unavailable connection_refused"
    assert {limit.calls, lost.calls, refused.calls} == {2}


@pytest.mark.parametrize(
    ("seconds", "first", "calls"),
    [
        (20, NotSentError("tls"), 2),
        (1, NotSentError("tls"), 2),
        (0.99, NotSentError("tls"), 1),
        (3, reply(429, "2"), 2),
        (2.9, reply(429, "2"), 1),
        (-1, NotSentError("deadline"), 1),
    ],
)
def test_without_time_for_a_whole_exchange_there_is_no_second(
    seconds: float, first: Reply | Exception, calls: int
) -> None:
    up = Upstreams(first)
    up.outcome(seconds)
    assert up.calls == calls


def test_the_time_of_the_first_exchange_counts() -> None:
    up = Upstreams(NotSentError("connect_timeout"), seconds=19.5)
    up.outcome(20)
    assert up.calls == 1


def test_both_exchanges_have_the_same_deadline_and_selfie() -> None:
    up = Upstreams(NotSentError("tls"))
    up.verify()
    first, second = up.scripted.posts
    assert (first.deadline, first.selfie, first.threshold) == (
        second.deadline,
        second.selfie,
        second.threshold,
    )


def test_the_budget_allows_a_tenth_and_one_in_hand() -> None:
    up = Upstreams()
    for _ in range(1000):
        up.scripted.will(NotSentError("tls"))
        up.outcome()
    assert up.calls <= 1000 * 1.1 + 1
    assert up.calls > 1000 * 1.1 - 20


def test_the_budget_saves_up_no_more_than_ten() -> None:
    budget = RetryBudget()
    for _ in range(10_000):
        budget.earn()
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]


def test_a_second_call_is_noted_with_its_reason() -> None:
    up = Upstreams(NotSentError("tls"))
    up.verify()
    (line,) = up.telemetry.lines
    assert (line.level, line.fields) == (logging.WARNING, {"reason": "tls"})


@pytest.mark.parametrize(
    ("script", "noted", "counts"),
    [
        ([reply()], "succeeded", {}),
        ([NotSentError("tls"), reply()], "succeeded", {}),
        ([NotSentError("tls")] * 2, "failed", {}),
        ([AnswerLostError("timeout")], "failed", {}),
        ([reply(500)], "failed", {}),
        ([reply(429)], "failed", {}),
        ([reply(200, body=b"{}")], "failed", {}),
        ([reply(401)], "refused", {"credentials_refused": 1}),
        ([reply(403)], "refused", {"limit_reached": 1}),
    ],
)
def test_the_breaker_hears_of_each_request_once(
    script: list[Reply | Exception], noted: str, counts: dict[str, int]
) -> None:
    up = Upstreams(*script)
    up.outcome()
    assert up.breaker.noted == [noted]
    assert up.telemetry.counts == counts


def test_an_open_circuit_is_not_called_past() -> None:
    up = Upstreams()
    up.breaker.closed = False
    assert up.outcome() == "failed upstream_unavailable circuit_open"
    assert (up.calls, up.breaker.noted) == (0, [])


def test_without_credentials_nobody_is_called() -> None:
    up = Upstreams()
    up.credentials.now = None
    assert up.outcome() == "failed upstream_unavailable credentials_unavailable"
    assert (up.calls, up.breaker.noted) == (0, [])
    assert up.telemetry.counts == {"credentials_unavailable": 1}


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (reply(500), OutcomeUnknownError),
        (reply(429), NotChargedError),
        (reply(401), NotChargedError),
        (reply(403), NotChargedError),
        (reply(503), OutcomeUnknownError),
        (reply(200, body=b""), OutcomeUnknownError),
    ],
)
def test_a_fault_carries_the_request_id_of_upstream(
    script: Reply, kind: type[UpstreamError]
) -> None:
    with pytest.raises(kind) as caught:
        Upstreams(script).verify()
    assert caught.value.receipt is not None
    assert caught.value.receipt.request_id == "request-1"
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("stopped", [NotSentError("tls"), AnswerLostError("timeout")])
def test_a_fault_without_an_answer_has_no_receipt(stopped: Exception) -> None:
    with pytest.raises(UpstreamError) as caught:
        Upstreams(stopped, stopped).verify()
    assert caught.value.receipt is None
