"""Chalice, the form by requests-toolbelt."""

import common_work
from chalice import Chalice, Response
from requests_toolbelt import MultipartDecoder

handler = Chalice(app_name="peer")
handler.api.binary_types.append("multipart/form-data")


@handler.route("/v1/verifications", methods=["POST"], content_types=["multipart/form-data"])
def verify() -> Response:
    request = handler.current_request
    found = {}
    for part in MultipartDecoder(request.raw_body, request.headers["content-type"]).parts:
        disposition = part.headers[b"Content-Disposition"].decode()
        found[disposition.split('name="')[1].split('"')[0]] = part.content
    answer = common_work.verify(found["selfie"], found["threshold"].decode())
    return Response(body=answer, status_code=201)
