"""The catalogue of problems."""

import logging
import re

import pytest

from liveness_gateway.problems import CATALOGUE, TYPE_PREFIX, ProblemType

DOCUMENTED = {
    "malformed_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "in_progress": 409,
    "too_large": 413,
    "unsupported_media": 415,
    "invalid_selfie": 422,
    "invalid_threshold": 422,
    "idempotency_conflict": 422,
    "rate_limited": 429,
    "internal": 500,
    "upstream_bad_answer": 502,
    "upstream_limit": 503,
    "upstream_unavailable": 503,
    "upstream_timeout": 504,
}
RETRY_AFTER = {"in_progress": 2, "rate_limited": 1, "upstream_limit": 60, "upstream_unavailable": 5}
RETRYABLE = RETRY_AFTER.keys() | {"internal"}
ROWS = pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.code)


def test_the_catalogue_is_the_documented_one() -> None:
    assert {code: row.status for code, row in CATALOGUE.items()} == DOCUMENTED


def test_retry_after_stands_where_the_contract_marks_it() -> None:
    given = {code: row.retry_after for code, row in CATALOGUE.items()}
    assert {code: seconds for code, seconds in given.items() if seconds} == RETRY_AFTER


def test_what_may_be_sent_again_unchanged_is_called_retryable() -> None:
    assert {code for code, row in CATALOGUE.items() if row.retryable} == RETRYABLE


@ROWS
def test_every_row_can_be_shown(row: ProblemType) -> None:
    assert CATALOGUE[row.code] is row
    assert re.fullmatch(r"[a-z_]+", row.code)
    assert row.type == TYPE_PREFIX + row.code
    assert row.title.endswith(".")
    assert row.advice.endswith(".")
    assert len(row.title) < 80


@ROWS
def test_every_failure_that_is_not_the_callers_is_logged_as_an_error(row: ProblemType) -> None:
    assert (row.log_level >= logging.ERROR) == (row.status >= 500)


@ROWS
def test_what_may_be_charged_is_never_called_retryable(row: ProblemType) -> None:
    if row.code in {"upstream_bad_answer", "upstream_timeout"}:
        assert not row.retryable
        assert "new key" in row.advice


def test_only_the_limit_has_another_status_for_clients_of_the_liveness_api() -> None:
    assert {c: r.compat_status for c, r in CATALOGUE.items() if r.compat_status} == {
        "upstream_limit": 403
    }
