"""A typical Powertools handler: its resolver, requests-toolbelt's decoder and encoder."""

import base64
import json

import common_work
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from requests_toolbelt import MultipartDecoder, MultipartEncoder

app = APIGatewayRestResolver()


@app.post("/v1/verifications")
def verify() -> Response:
    event = app.current_event
    body = base64.b64decode(event.body)
    found = {}
    for part in MultipartDecoder(body, event.headers["Content-Type"]).parts:
        disposition = part.headers[b"Content-Disposition"].decode()
        found[disposition.split('name="')[1].split('"')[0]] = part.content
    fields = {
        "selfie": ("selfie.jpg", found["selfie"], "image/jpeg"),
        "threshold": found["threshold"].decode(),
    }
    encoder = MultipartEncoder(fields)
    headers = common_work.credentials() | {"Content-Type": encoder.content_type}
    response = common_work.session.post(common_work.URL, data=encoder, headers=headers, timeout=20)
    answer = json.dumps(common_work.store(response.text))
    return Response(status_code=201, content_type="application/json", body=answer)


def handler(event, context):
    return app.resolve(event, context)
