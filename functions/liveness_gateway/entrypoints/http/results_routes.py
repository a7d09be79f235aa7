"""The GET routes: read a record, and say that the gateway is there."""

import re
from typing import Final

from liveness_gateway.entrypoints.http.headers import client_id
from liveness_gateway.entrypoints.http.routes import Request, Response, Route, Routes
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.read import RecordReader
from liveness_gateway.verifications.records import verification_body

# No record has another id, so the table is not asked for one.
_VERIFICATION_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def results_routes(reader: RecordReader, stage: str) -> Routes:
    """The routes of the function `results`."""

    def read(request: Request) -> Response:
        client = client_id(request.event)
        parameters = request.event.get("pathParameters") or {}
        verification_id = str(parameters.get("verification_id") or "")
        if not _VERIFICATION_ID.fullmatch(verification_id):
            raise ProblemError("not_found", "There is no such verification.")
        found = reader.read(verification_id, client)
        return Response(200, verification_body(found), {})

    def health(_: Request) -> Response:
        return Response(200, {"status": "ok", "stage": stage}, {})

    return {
        ("GET", "/v1/verifications/{verification_id}"): Route(read),
        ("GET", "/v1/health"): Route(health),
    }
