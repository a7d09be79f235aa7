"""The routes: which use case answers on which path, and in which shape."""

import time
from collections.abc import Mapping
from typing import Final

from liveness_gateway.entrypoints.http.application import Answer, Call, Route
from liveness_gateway.entrypoints.http.presenters import verification_body, wire_body
from liveness_gateway.entrypoints.http.requests import client_id, verification_request
from liveness_gateway.verifications.selfie import SelfieLimits
from liveness_gateway.verifications.verify import Outcome, RecordReader, VerificationService

# The whole call of upstream ends by then (docs/design.md), the 5 s are for storing and answering.
_LONGEST_CALL: Final = 20.0
_OWN_SECONDS: Final = 5.0

Routes = Mapping[tuple[str, str], Route]


class VerifyRoutes:
    """The POST routes: one use case, two shapes of answer."""

    def __init__(self, service: VerificationService, limits: SelfieLimits) -> None:
        self._service = service
        self._limits = limits

    def table(self) -> Routes:
        """The routes of the function `verify`."""
        wire = Route(self._wire, wire=True)
        return {
            ("POST", "/v1/verifications"): Route(self._create),
            ("POST", "/v0.1/liveness-verification"): wire,
            ("POST", "/v0.2/liveness-verification"): wire,
        }

    def _create(self, call: Call) -> Answer:
        outcome = self._verify(call)
        verification = outcome.verification
        location = {"Location": f"/v1/verifications/{verification.verification_id}"}
        return Answer(201, verification_body(verification), location | _replayed(outcome))

    def _wire(self, call: Call) -> Answer:
        outcome = self._verify(call)
        return Answer(200, wire_body(outcome.verification), _replayed(outcome))

    def _verify(self, call: Call) -> Outcome:
        deadline = time.monotonic() + min(_LONGEST_CALL, call.seconds_left - _OWN_SECONDS)
        request = verification_request(call.event, self._limits, call.correlation_id, deadline)
        return self._service.verify(request)


class ResultsRoutes:
    """The GET routes."""

    def __init__(self, reader: RecordReader, stage: str) -> None:
        self._reader = reader
        self._stage = stage

    def table(self) -> Routes:
        """The routes of the function `results`."""
        return {
            ("GET", "/v1/verifications/{verification_id}"): Route(self._read),
            ("GET", "/v1/health"): Route(self._health),
        }

    def _read(self, call: Call) -> Answer:
        parameters = call.event.get("pathParameters") or {}
        verification_id = str(parameters.get("verification_id") or "none")
        found = self._reader.read(verification_id, client_id(call.event))
        return Answer(200, verification_body(found), {})

    def _health(self, _: Call) -> Answer:
        return Answer(200, {"status": "ok", "stage": self._stage}, {})


def _replayed(outcome: Outcome) -> dict[str, str]:
    return {"Idempotency-Replayed": "true"} if outcome.replayed else {}
