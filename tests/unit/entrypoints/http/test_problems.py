"""Problems as bodies: our own shape, and the liveness API's."""

import json

import pytest

from liveness_gateway.entrypoints.http.problems import compat_problem_body, problem_body
from liveness_gateway.problems import CATALOGUE, ProblemError, ProblemType

ROWS = pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.code)


@ROWS
def test_a_problem_says_what_the_catalogue_says(row: ProblemType) -> None:
    body = problem_body(ProblemError(row.code, "Because."), "correlation-1")
    assert body == {
        "type": f"urn:liveness-gateway:problem:{row.code}",
        "title": row.title,
        "status": row.status,
        "detail": "Because.",
        "code": row.code,
        "retryable": row.retryable,
        "correlation_id": "correlation-1",
    }
    assert json.loads(json.dumps(body)) == body


def test_a_problem_of_a_record_says_where_it_is() -> None:
    body = problem_body(
        ProblemError("in_progress", "Wait.", verification_id="abc"), "correlation-1"
    )
    assert body["verification_id"] == "abc"
    assert body["instance"] == "/v1/verifications/abc"


@ROWS
def test_a_client_of_the_liveness_api_is_told_in_its_own_words_too(row: ProblemType) -> None:
    problem = ProblemError(row.code, "Because.", verification_id="abc")
    body = compat_problem_body(problem, "correlation-1")
    status = 403 if row.code == "upstream_limit" else row.status
    assert body["Errors"] == [{"ErrCode": status, "Message": f"{row.title} Because."}]
    assert body["status"] == status
    ours = {name: value for name, value in body.items() if name not in {"Errors", "status"}}
    assert ours | {"status": row.status} == problem_body(problem, "correlation-1")
