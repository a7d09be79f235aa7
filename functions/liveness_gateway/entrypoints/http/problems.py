"""Problems as HTTP answers (RFC 9457)."""

from typing import NotRequired

from typing_extensions import TypedDict

from liveness_gateway.entrypoints.http.headers import Event
from liveness_gateway.entrypoints.http.links import record_path
from liveness_gateway.problems import ProblemError


class ProblemBody(TypedDict):
    """The body of every 4xx and 5xx, `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    correlation_id: str
    instance: NotRequired[str]
    verification_id: NotRequired[str]


class CompatError(TypedDict):
    """One error, as the liveness API reports them."""

    ErrCode: int
    Message: str


class CompatProblemBody(ProblemBody):
    """A problem on a compat route: the liveness API's own member stands beside ours."""

    Errors: list[CompatError]


def problem_body(problem: ProblemError, correlation_id: str, event: Event) -> ProblemBody:
    """The body of a problem in our own shape."""
    row = problem.problem_type
    body: ProblemBody = {
        "type": row.type,
        "title": row.title,
        "status": row.status,
        "detail": problem.detail,
        "code": row.code,
        "retryable": row.retryable,
        "correlation_id": correlation_id,
    }
    if problem.verification_id is not None:
        body["instance"] = record_path(event, problem.verification_id)
        body["verification_id"] = problem.verification_id
    return body


def compat_problem_body(
    problem: ProblemError, correlation_id: str, event: Event
) -> CompatProblemBody:
    """The body of a problem for a client of the liveness API: 403 is its word for a limit."""
    row = problem.problem_type
    status = row.compat_status or row.status
    message = f"{row.title} {problem.detail}"
    return {
        **problem_body(problem, correlation_id, event),
        "status": status,
        "Errors": [{"ErrCode": status, "Message": message}],
    }
