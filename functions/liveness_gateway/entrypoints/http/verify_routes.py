"""The POST routes: one use case, two shapes of answer."""

from typing import Final

from liveness_gateway.clock import Clock
from liveness_gateway.entrypoints.http.links import record_path
from liveness_gateway.entrypoints.http.presenters import compat_body
from liveness_gateway.entrypoints.http.rate_limits import rate_limit_headers
from liveness_gateway.entrypoints.http.requests import verification_request
from liveness_gateway.entrypoints.http.routes import Request, Response, Route, Routes
from liveness_gateway.verifications.records import verification_body
from liveness_gateway.verifications.requests import Outcome
from liveness_gateway.verifications.verify import Verifier

# The whole call of upstream ends by then (docs/design.md), the 5 s are for storing and answering.
LONGEST_CALL: Final = 20.0
OWN_SECONDS: Final = 5.0


def verify_routes(verifier: Verifier, clock: Clock) -> Routes:
    """The routes of the function `verify`."""

    def verify(request: Request) -> Outcome:
        deadline = clock.monotonic() + min(LONGEST_CALL, request.seconds_left - OWN_SECONDS)
        checked = verification_request(request.event, request.correlation_id, deadline)
        return verifier.verify(checked)

    def create(request: Request) -> Response:
        outcome = verify(request)
        verification = outcome.verification
        location = {"Location": record_path(request.event, verification.verification_id)}
        return Response(201, verification_body(verification), location | _told(outcome))

    def compat(request: Request) -> Response:
        outcome = verify(request)
        return Response(200, compat_body(outcome.verification), _told(outcome))

    return {
        ("POST", "/v1/verifications"): Route(create),
        ("POST", "/v0.1/liveness-verification"): Route(compat, compat=True),
        ("POST", "/v0.2/liveness-verification"): Route(compat, compat=True),
    }


def _told(outcome: Outcome) -> dict[str, str]:
    replayed = {"Idempotency-Replayed": "true"} if outcome.replayed else {}
    return replayed | rate_limit_headers(outcome.limits)
