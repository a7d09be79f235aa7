"""The GET routes: read a record, and say that the gateway is there."""

from liveness_gateway.entrypoints.http.headers import client_id
from liveness_gateway.entrypoints.http.routes import Request, Response, Route, Routes
from liveness_gateway.verifications.read import RecordReader
from liveness_gateway.verifications.records import verification_body


def results_routes(reader: RecordReader, stage: str) -> Routes:
    """The routes of the function `results`."""

    def read(request: Request) -> Response:
        parameters = request.event.get("pathParameters") or {}
        verification_id = str(parameters.get("verification_id") or "none")
        found = reader.read(verification_id, client_id(request.event))
        return Response(200, verification_body(found), {})

    def health(_: Request) -> Response:
        return Response(200, {"status": "ok", "stage": stage}, {})

    return {
        ("GET", "/v1/verifications/{verification_id}"): Route(read),
        ("GET", "/v1/health"): Route(health),
    }
