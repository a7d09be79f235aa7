"""The HTTP application: API Gateway's event in, an answer out, whatever a route raises.

Every answer carries CORS, a correlation id and `Cache-Control: no-store`.
"""

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from liveness_gateway.clock import Clock
from liveness_gateway.entrypoints.http.cors import cors_headers
from liveness_gateway.entrypoints.http.headers import Event, event_id, header
from liveness_gateway.entrypoints.http.problems import compat_problem_body, problem_body
from liveness_gateway.entrypoints.http.rate_limits import rate_limit_headers
from liveness_gateway.entrypoints.http.routes import Request, Route, Routes
from liveness_gateway.problems import ProblemError
from liveness_gateway.telemetry import InvocationTelemetry, location

_TRACE_ID: Final = re.compile(
    r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;[A-Za-z]+=[0-9a-fA-F:-]{1,64}){0,5}"
)

Answered = tuple[int, Mapping[str, Any], dict[str, str]]


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends this invocation."""
        ...


def _nothing() -> None:
    """Nothing is done ahead."""


class Application:
    """Answers API Gateway's events from a table of routes.

    What a route raises is answered; only what the telemetry raises leaves it (see `LambdaHandler`).

    Attributes:
        prepare: does ahead what the first request would wait for; what fails is tried by that.
    """

    def __init__(
        self,
        routes: Routes,
        allowed_origins: tuple[str, ...],
        clock: Clock,
        telemetry: InvocationTelemetry,
        *,
        prepare: Callable[[], None] = _nothing,
    ) -> None:
        self.prepare = prepare
        self._routes = routes
        self._origins = allowed_origins
        self._clock = clock
        self._telemetry = telemetry

    def __call__(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Answer; an error that is not a problem of the catalogue is the problem `internal`."""
        started = self._clock.monotonic()
        request_id = self._begin(event, context)
        resource = (event.get("httpMethod", ""), event.get("resource", ""))
        route = self._routes.get(resource)
        try:
            status, body, headers = _answer(route, event, context, request_id)
        except ProblemError as problem:
            status, body, headers = self._refuse(problem, route, event, request_id)
        except Exception as error:  # noqa: BLE001 - the last resort: see the module
            status, body, headers = self._refuse(self._unhandled(error), route, event, request_id)
        self._telemetry.log(
            "answered",
            level=logging.INFO,
            status=status,
            method=resource[0],
            route=resource[1],
            duration_ms=round((self._clock.monotonic() - started) * 1000),
        )
        self._telemetry.flush()
        cors = cors_headers(self._origins, _origin(event))
        return proxy_response(status, body, headers | cors, request_id)

    def _begin(self, event: Event, context: LambdaContext) -> str:
        request_id = correlation_id(event, context)
        self._telemetry.begin(
            correlation_id=request_id,
            function_request_id=context.aws_request_id,
            trace_id=_trace_id(event),
        )
        return request_id

    def _refuse(
        self, problem: ProblemError, route: Route | None, event: Event, request_id: str
    ) -> Answered:
        row = problem.problem_type
        self._telemetry.count(f"problem_{row.code}")
        self._telemetry.log(
            "problem",
            level=row.log_level,
            code=row.code,
            verification_id=problem.verification_id,
            replayed=problem.replayed,
        )
        headers = {"Content-Type": "application/problem+json"}
        headers |= rate_limit_headers(problem.limits)
        if problem.retry_after is not None:
            headers["Retry-After"] = str(problem.retry_after)
        if problem.replayed:
            headers["Idempotency-Replayed"] = "true"
        if route is not None and route.compat:
            compat = compat_problem_body(problem, request_id, event)
            return compat["status"], compat, headers
        body = problem_body(problem, request_id, event)
        return body["status"], body, headers

    def _unhandled(self, error: Exception) -> ProblemError:
        # Neither the text of the error nor a traceback with values: they could hold anything.
        self._telemetry.count("unhandled")
        self._telemetry.log(
            "unhandled error",
            level=logging.CRITICAL,
            error_type=type(error).__name__,
            raised_at=location(error),
        )
        return ProblemError("internal", "An unexpected error. The operator has been notified.")


def correlation_id(event: Event, context: LambdaContext) -> str:
    """The id that the answer, the log lines and the record of a request share.

    The caller cannot choose it: it is API Gateway's extended request id, else Lambda's own.
    """
    return event_id(event) or str(context.aws_request_id or uuid.uuid4())


def proxy_response(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str], request_id: str
) -> dict[str, Any]:
    """A response as API Gateway's Lambda proxy integration takes it."""
    always = {
        "X-Correlation-Id": request_id,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return {
        "statusCode": status,
        "headers": {**headers, **always},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def _answer(route: Route | None, event: Event, context: LambdaContext, request_id: str) -> Answered:
    if route is None:
        raise ProblemError("not_found", "There is no such route.")
    seconds_left = context.get_remaining_time_in_millis() / 1000
    response = route.answer(Request(event, request_id, seconds_left))
    content_type = {"Content-Type": "application/json"}
    return response.status, response.body, content_type | dict(response.headers)


def _trace_id(event: Event) -> str | None:
    # API Gateway writes this header, but may carry over what a client put into it.
    try:
        value = header(event, "x-amzn-trace-id") or ""
    except ProblemError:
        return None
    return value if _TRACE_ID.fullmatch(value) else None


def _origin(event: Event) -> str | None:
    try:
        return header(event, "origin")
    except ProblemError:
        return None
