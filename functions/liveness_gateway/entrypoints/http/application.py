"""The outermost edge of the HTTP functions: nothing but an answer leaves it.

API Gateway has already routed a request when it arrives, so a table of its own routes is all the
routing there is. Every answer carries CORS, a correlation id and `Cache-Control: no-store`.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from liveness_gateway.entrypoints.http.problems import problem_body, wire_problem_body
from liveness_gateway.entrypoints.http.requests import Event, header
from liveness_gateway.problems import CATALOGUE, Problem
from liveness_gateway.telemetry import PowertoolsJournal, location

_TRACE_ID: Final = re.compile(
    r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;[A-Za-z]+=[0-9a-fA-F:-]{1,64}){0,5}"
)
EXPOSED_HEADERS: Final = "Location, Retry-After, X-Correlation-Id, Idempotency-Replayed"


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends this invocation."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way to a route."""

    event: Event
    correlation_id: str
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx of a route."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """What answers on one method and resource; `wire` routes speak the liveness API's format."""

    answer: Callable[[Call], Answer]
    wire: bool = False


class Application:
    """Answers API Gateway's events from a table of routes.

    What a route raises is answered; only what the journal raises leaves it (see `Function`).
    """

    def __init__(
        self,
        routes: Mapping[tuple[str, str], Route],
        allowed_origins: tuple[str, ...],
        journal: PowertoolsJournal,
    ) -> None:
        self._routes = routes
        self._origins = allowed_origins
        self._journal = journal

    def __call__(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Answer: a failure nobody foresaw is the problem `internal`."""
        started = time.monotonic()
        correlation_id = _begin(self._journal, event, context)
        resource = (event.get("httpMethod", ""), event.get("resource", ""))
        route = self._routes.get(resource)
        try:
            status, body, headers = self._answered(route, event, context, correlation_id)
        except Problem as problem:
            status, body, headers = self._refused(problem, route, correlation_id)
        except Exception as error:  # noqa: BLE001 - the outermost edge: see the module
            unforeseen = _unforeseen(self._journal, error)
            status, body, headers = self._refused(unforeseen, route, correlation_id)
        self._journal.count("requests")
        self._journal.note(
            "answered",
            level=logging.INFO,
            status=status,
            method=resource[0],
            route=resource[1],
            duration_ms=round((time.monotonic() - started) * 1000),
        )
        self._journal.flush()
        return _proxy_answer(
            status, body, headers | cors_headers(self._origins, _origin(event)), correlation_id
        )

    def _answered(
        self, route: Route | None, event: Event, context: LambdaContext, correlation_id: str
    ) -> tuple[int, Mapping[str, Any], dict[str, str]]:
        if route is None:
            raise Problem("not_found", "There is no such route.")
        seconds_left = context.get_remaining_time_in_millis() / 1000
        answer = route.answer(Call(event, correlation_id, seconds_left))
        content_type = {"Content-Type": "application/json"}
        return answer.status, answer.body, content_type | dict(answer.headers)

    def _refused(
        self, problem: Problem, route: Route | None, correlation_id: str
    ) -> tuple[int, Mapping[str, Any], dict[str, str]]:
        row = problem.problem_type
        self._journal.count(f"problem_{row.code}")
        self._journal.note(
            "problem",
            level=row.log_level,
            code=row.code,
            verification_id=problem.verification_id,
            replayed=problem.replayed,
        )
        headers = {"Content-Type": "application/problem+json"}
        if row.retry_after is not None:
            headers["Retry-After"] = str(row.retry_after)
        if problem.replayed:
            headers["Idempotency-Replayed"] = "true"
        if route is not None and route.wire:
            wire = wire_problem_body(problem, correlation_id)
            return wire["status"], wire, headers
        body = problem_body(problem, correlation_id)
        return body["status"], body, headers


class Function:
    """A Lambda handler that builds its application when it is first called, and not on import.

    Where it cannot be built (a setting is missing), or its journal fails, the answer is the
    problem `internal`.
    """

    def __init__(self, build: Callable[[], Application]) -> None:
        self._build = build
        self._application: Application | None = None

    def __call__(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Answer. Raises nothing."""
        try:
            if self._application is None:
                self._application = self._build()
            return self._application(event, context)
        except Exception as error:  # noqa: BLE001 - the outermost edge: see the class
            logging.getLogger(__name__).critical(
                "the function failed: %s at %s", type(error).__name__, location(error)
            )
            return _last_resort(event, context)


def _last_resort(event: Event, context: LambdaContext) -> dict[str, Any]:
    try:
        correlation_id = _correlation_id(event, context)
    except Exception:  # noqa: BLE001 - an event API Gateway never sends
        correlation_id = str(uuid.uuid4())
    body = problem_body(Problem("internal", "The gateway is not set up."), correlation_id)
    headers = {"Content-Type": "application/problem+json"} | cors_headers(("*",), None)
    return _proxy_answer(CATALOGUE["internal"].status, body, headers, correlation_id)


def cors_headers(allowed: tuple[str, ...], origin: str | None) -> dict[str, str]:
    """The CORS headers of an answer to a page of this origin (Fetch standard, section 3.3)."""
    exposed = {"Access-Control-Expose-Headers": EXPOSED_HEADERS}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*"} | exposed
    if origin is not None and origin in allowed:
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} | exposed
    return {"Vary": "Origin"}


def _begin(journal: PowertoolsJournal, event: Event, context: LambdaContext) -> str:
    correlation_id = _correlation_id(event, context)
    request = event.get("requestContext") or {}
    journal.begin(
        correlation_id=correlation_id,
        extended_request_id=request.get("extendedRequestId"),
        function_request_id=context.aws_request_id,
        trace_id=_trace_id(event),
    )
    return correlation_id


def _trace_id(event: Event) -> str | None:
    # API Gateway writes this header, but may carry over what a client put into it.
    try:
        value = header(event, "x-amzn-trace-id") or ""
    except Problem:
        return None
    return value if _TRACE_ID.fullmatch(value) else None


def _correlation_id(event: Event, context: LambdaContext) -> str:
    request = event.get("requestContext") or {}
    return str(request.get("requestId") or context.aws_request_id or uuid.uuid4())


def _origin(event: Event) -> str | None:
    try:
        return header(event, "origin")
    except Problem:
        return None


def _unforeseen(journal: PowertoolsJournal, error: Exception) -> Problem:
    # Neither the text of the error nor a traceback with values: they could hold anything.
    journal.count("unhandled")
    journal.note(
        "unhandled error",
        level=logging.CRITICAL,
        error_type=type(error).__name__,
        raised_at=location(error),
    )
    return Problem("internal", "Something nobody foresaw. The operator has been told.")


def _proxy_answer(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str], correlation_id: str
) -> dict[str, Any]:
    always = {
        "X-Correlation-Id": correlation_id,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return {
        "statusCode": status,
        "headers": {**headers, **always},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
