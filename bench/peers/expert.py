"""The expert's handler: the same resolver and encoder, everything else as quick as it is known."""

import json
import os
from io import BytesIO

import common_work
import pybase64
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from requests_toolbelt import MultipartEncoder

app = APIGatewayRestResolver()
common_work.session.trust_env = False
common_work.session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True


class Blocks:
    """The encoder, read in blocks of 256 KiB."""

    def __init__(self, encoder: MultipartEncoder) -> None:
        self._encoder = encoder
        self.len = encoder.len

    def read(self, _: int = -1) -> bytes:
        return self._encoder.read(256 * 1024)


def split(body: bytes, content_type: str) -> dict[str, bytes]:
    delimiter = b"\r\n--" + content_type.split("boundary=")[1].strip('"').encode()
    if not body.startswith(delimiter[2:]) or not body.rstrip().endswith(delimiter + b"--"):
        raise ValueError("not a form")
    found, start = {}, len(delimiter) - 2
    while body[start : start + 2] == b"\r\n":
        end_of_head = body.index(b"\r\n\r\n", start)
        end = body.index(delimiter, end_of_head)
        name = body[start:end_of_head].split(b'name="')[1].split(b'"')[0].decode()
        found[name] = body[end_of_head + 4 : end]
        start = end + len(delimiter)
    return found


@app.post("/v1/verifications")
def verify() -> Response:
    event = app.current_event
    body = pybase64.b64decode(event.body, validate=True)
    form = split(body, event.headers["Content-Type"])
    del body
    fields = {
        "selfie": ("selfie.jpg", BytesIO(form["selfie"]), "image/jpeg"),
        "threshold": form["threshold"].decode(),
    }
    encoder = MultipartEncoder(fields)
    headers = common_work.credentials() | {"Content-Type": encoder.content_type}
    response = common_work.session.post(
        common_work.URL, data=Blocks(encoder), headers=headers, timeout=20
    )
    answer = json.dumps(common_work.store(response.text))
    return Response(status_code=201, content_type="application/json", body=answer)


def handler(event, context):
    return app.resolve(event, context)
