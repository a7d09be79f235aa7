"""The rules of docs/design.md for a second call, and what the breaker is told.

What becomes of each fault of upstream: `tests/reliability/fault_injection`.
"""

import logging
from dataclasses import replace

import pytest

from liveness_gateway.adapters.upstream.budget import RetryBudget
from liveness_gateway.verifications.ports import NotChargedError, OutcomeUnknownError, UpstreamError
from tests.adapters.upstreams import Upstreams, unsent
from tests.doubles.behaviours import BEHAVIOURS, Behaviour, error, refused, says, usable
from tests.doubles.liveness_api import ScriptedOutcome
from tests.world import refused as aws_refused


@pytest.mark.parametrize("reason", ["connection_refused", "connect_timeout", "tls", "broken_http"])
def test_what_was_not_sent_is_sent_once_more(reason: str) -> None:
    once = Upstreams(unsent(reason))
    assert (once.outcome(), once.calls) == ("answered", 2)
    twice = Upstreams(unsent(reason), unsent(reason))
    assert (twice.outcome(), twice.calls) == (f"failed upstream_unavailable {reason}", 2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("retry_after", "wait"), [("0", 0), ("1", 1), ("2", 2), ("002", 2)])
def test_a_refusal_with_a_short_wait_is_asked_again_after_it(
    status: int, retry_after: str, wait: float
) -> None:
    up = Upstreams(refused(status, retry_after))
    assert (up.outcome(), up.calls) == ("answered", 2)
    assert up.clock.slept == [wait]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "retry_after",
    ["3", "999999", "1000000", "9" * 100, "Sun, 06 Nov 1994 08:49:37 GMT",
     "Sun, 06 Nov 2044 08:49:37 GMT"],
)  # fmt: skip
def test_a_refusal_with_any_other_wait_is_not_asked_again(status: int, retry_after: str) -> None:
    up = Upstreams(refused(status, retry_after))
    outcome = f"failed upstream_unavailable upstream_status_{status}"
    assert (up.outcome(), up.calls) == (outcome, 1)


@pytest.mark.parametrize(
    "status", [100, 199, 300, 302, 304, 307, 400, 402, 404, 408, 409, 413, 415, 418, 422, 425, 451,
               499, 500, 501, 502, 504, 520, 529, 600, 999]
)  # fmt: skip
def test_any_other_status_is_unknown_and_never_sent_again(status: int) -> None:
    up = Upstreams(Behaviour(status=status, retry_after="1"))
    assert up.outcome() == f"unknown upstream_bad_answer upstream_status_{status}"
    assert up.calls == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_whose_body_is_an_answer_is_one(status: int) -> None:
    assert Upstreams(replace(usable("0.9998"), status=status)).outcome() == "answered"
    bad = Upstreams(says(b"{}", status))
    assert (bad.outcome(), bad.calls) == ("unknown upstream_bad_answer unusable_answer", 1)
    told = Upstreams(says(error(5005), status))
    assert (told.outcome(), told.calls) == ("unknown upstream_bad_answer upstream_error_5005", 1)


REFUSALS = [
    ("refused credentials", "failed upstream_unavailable credentials_refused"),
    ("limit", "failed upstream_limit limit_reached"),
]


@pytest.mark.parametrize(("refusal", "fault"), REFUSALS)
def test_a_refusal_of_the_credentials_refreshes_them_once(refusal: str, fault: str) -> None:
    def rotated(accepted: int, fresh: int) -> Upstreams:
        """A client that knows version 1 of the key, where only `accepted` is taken."""
        up = Upstreams()
        up.verify()
        up.api.refusal, up.api.key_version, up.secrets.version = refusal, accepted, fresh
        return up

    changed = rotated(accepted=2, fresh=2)
    assert (changed.outcome(), changed.calls) == ("answered", 3)
    unchanged = rotated(accepted=2, fresh=1)
    assert (unchanged.outcome(), unchanged.calls) == (fault, 2)
    out_of_reach = rotated(accepted=2, fresh=2)
    out_of_reach.faults.fail("secret.upstream", aws_refused())
    assert (out_of_reach.outcome(), out_of_reach.calls) == (fault, 2)
    for_good = rotated(accepted=3, fresh=2)
    assert (for_good.outcome(), for_good.calls) == (fault, 3)


@pytest.mark.parametrize(("refusal", "fault"), REFUSALS)
def test_without_time_to_use_them_the_credentials_are_not_refreshed(
    refusal: str, fault: str
) -> None:
    up = Upstreams(replace(BEHAVIOURS[refusal], seconds=19.5))
    assert up.outcome(20) == fault
    assert up.faults.done().count("secret.upstream") == 1


def test_a_second_call_may_end_otherwise_than_the_first() -> None:
    lost = Upstreams(unsent("tls"), Behaviour(lost="timeout"))
    assert lost.outcome() == "unknown upstream_timeout timeout"
    refused = Upstreams("too many, soon", unsent("connection_refused"))
    assert refused.outcome() == "failed upstream_unavailable connection_refused"
    assert {lost.calls, refused.calls} == {2}


@pytest.mark.parametrize(
    ("seconds", "first", "calls"),
    [
        (20, unsent("tls"), 2),
        (1, unsent("tls"), 2),
        (0.99, unsent("tls"), 1),
        (20, unsent("connect_timeout", seconds=19.5), 1),
        (3, refused(429, "2"), 2),
        (2.9, refused(429, "2"), 1),
        (-1, unsent("deadline"), 1),
    ],
)
def test_without_time_for_a_whole_exchange_there_is_no_second(
    seconds: float, first: Behaviour, calls: int
) -> None:
    up = Upstreams(first)
    up.outcome(seconds)
    assert up.calls == calls


def test_the_budget_allows_a_tenth_and_one_in_hand() -> None:
    up = Upstreams()
    for _ in range(500):
        up.api.script.append(unsent("tls"))
        up.outcome()
    assert 500 * 1.1 - 20 < up.calls <= 500 * 1.1 + 1


def test_the_budget_saves_up_no_more_than_ten() -> None:
    budget = RetryBudget()
    for _ in range(1_000):
        budget.earn()
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]


def test_a_second_call_is_logged_with_its_reason() -> None:
    up = Upstreams(unsent("tls"))
    up.verify()
    (line,) = up.telemetry.lines
    assert (line.level, line.fields) == (logging.WARNING, {"reason": "tls"})


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("broken", OutcomeUnknownError),
        ("too many", NotChargedError),
        ("refused credentials", NotChargedError),
        ("limit", NotChargedError),
        ("unavailable", OutcomeUnknownError),
        ("nothing", OutcomeUnknownError),
    ],
)
def test_a_fault_carries_the_request_id_of_upstream(script: str, kind: type[UpstreamError]) -> None:
    with pytest.raises(kind) as caught:
        Upstreams(script).verify()
    assert caught.value.receipt is not None
    assert caught.value.receipt.request_id == "x-request-1"
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("scripts", "samples"),
    [
        (["live"], 1),
        ([unsent("tls")], 1),  # the second call is the first that was sent
        ([unsent("tls"), unsent("tls")], 0),
        ([refused(429, "1")], 2),
        ([says(error(5005))], 1),
    ],
)
def test_a_call_that_was_sent_is_a_sample_of_its_time(
    scripts: list[ScriptedOutcome], samples: int
) -> None:
    up = Upstreams(*scripts)
    up.outcome()
    assert [metric for metric, _ in up.telemetry.times] == ["upstream_time"] * samples


def test_a_call_whose_answer_is_lost_is_a_sample_too() -> None:
    up = Upstreams("silent")
    up.outcome(seconds=20)
    assert up.telemetry.times == [("upstream_time", 20)]
