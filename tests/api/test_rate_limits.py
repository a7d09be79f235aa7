"""What is left of a client's budgets, as headers (draft-ietf-httpapi-ratelimit-headers-10)."""

from dataclasses import replace

import pytest

from tests.api.events import COMPAT_PATHS, CREATE
from tests.api.gateway import Gateway
from tests.world import SETTINGS, World

# The clock of the tests stands at noon of the first of June.
DAY, MONTH = 12 * 3600, 29 * 24 * 3600 + 12 * 3600


def gateway_with(day: int, month: int) -> Gateway:
    budget = replace(SETTINGS, client_calls_per_day=day, client_calls_per_month=month)
    return Gateway(World(settings=budget))


@pytest.mark.parametrize("resource", [CREATE, *COMPAT_PATHS])
def test_each_answer_says_what_is_left(resource: str) -> None:
    gateway = gateway_with(day=2, month=3)
    told = [gateway.post(resource=resource, key=key).headers for key in "abc"]
    policy = '"day";q=2;w=86400, "month";q=3;w=2592000'
    assert {headers["RateLimit-Policy"] for headers in told} == {policy}
    assert [headers["RateLimit"] for headers in told] == [
        f'"day";r=1;t={DAY}, "month";r=2;t={MONTH}',
        f'"day";r=0;t={DAY}, "month";r=1;t={MONTH}',
        f'"day";r=0;t={DAY}, "month";r=1;t={MONTH}',
    ]


def test_a_failure_says_what_is_left() -> None:
    gateway = gateway_with(day=2, month=0)
    gateway.world.will("html")
    failed = gateway.post(key="a")
    assert (failed.status, failed.headers["RateLimit"]) == (502, f'"day";r=1;t={DAY}')


def test_nothing_is_said_where_nothing_is_counted(gateway: Gateway) -> None:
    assert not {"RateLimit", "RateLimit-Policy"} & gateway.post().headers.keys()
    limited = gateway_with(day=2, month=0)
    limited.post(key="a")
    again = limited.post(key="a")
    refused = limited.post(key="?" * 300)
    for answer in (again, refused):
        assert not {"RateLimit", "RateLimit-Policy"} & answer.headers.keys()
