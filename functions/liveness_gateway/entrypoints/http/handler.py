"""The Lambda handler of the HTTP functions: nothing but an answer leaves it."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from liveness_gateway.entrypoints.http.application import (
    Application,
    LambdaContext,
    correlation_id,
    proxy_response,
)
from liveness_gateway.entrypoints.http.cors import cors_headers
from liveness_gateway.entrypoints.http.headers import Event
from liveness_gateway.entrypoints.http.problems import problem_body
from liveness_gateway.problems import CATALOGUE, ProblemError
from liveness_gateway.telemetry import location


class LambdaHandler:
    """Builds its application when it is first called, or in `prepare`; not on import.

    Where it cannot be built (a setting is missing), or its telemetry fails, the answer is the
    problem `internal`.
    """

    def __init__(self, build: Callable[[], Application]) -> None:
        self._build = build
        self._application: Application | None = None

    def prepare(self) -> None:
        """Build ahead of the first call, which tries again what fails here. Raises nothing."""
        try:
            self._application = self._build()
            self._application.prepare()
        except Exception as error:  # noqa: BLE001 - the first call says what stays wrong
            logging.getLogger(__name__).warning(
                "not prepared: %s at %s", type(error).__name__, location(error)
            )

    def __call__(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Answer. Raises nothing."""
        try:
            if self._application is None:
                self._application = self._build()
            return self._application(event, context)
        except Exception as error:  # noqa: BLE001 - the last resort: see the class
            logging.getLogger(__name__).critical(
                "the function failed: %s at %s", type(error).__name__, location(error)
            )
            return _last_resort(event, context)


def _last_resort(event: Event, context: LambdaContext) -> dict[str, Any]:
    try:
        request_id = correlation_id(event, context)
    except Exception:  # noqa: BLE001 - an event API Gateway never sends
        request_id = str(uuid.uuid4())
    body = problem_body(ProblemError("internal", "The gateway is not configured."), request_id, {})
    headers = {"Content-Type": "application/problem+json"} | cors_headers(("*",), None)
    return proxy_response(CATALOGUE["internal"].status, body, headers, request_id)
