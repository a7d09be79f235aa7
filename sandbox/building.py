"""The response of each outcome, built from its options and the request."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from sandbox.picture import Picture
from sandbox.responses import LivenessResult, Response, current_body, error_body, older_body
from sandbox.scripted_outcomes import Options

_SAMPLE_PICTURE = Picture("jpeg", 95, 71)
_HEADER_LENGTH = 8000


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a response may depend on besides its options."""

    requested_at: datetime
    picture: Picture | None
    base_url: str


Builder: TypeAlias = Callable[[RequestContext, Options], Response]


def current(request: RequestContext, options: Options) -> Response:
    """A usable response as documented today."""
    return Response(200, current_body(_result(request, options)))


def older(uid_name: str | None) -> Builder:
    """A usable response in the shape of the older documents."""
    return lambda request, options: Response(201, older_body(_result(request, options), uid_name))


def error(message: str, code: int) -> Builder:
    """The documented error body, with `status` and, if scripted, `Retry-After`."""

    def build(_: RequestContext, options: Options) -> Response:
        after = options.get("retry_after")
        headers = [("Content-Type", "application/json")]
        headers += [] if after is None else [("Retry-After", str(after))]
        return Response(options["status"], error_body(message, code), tuple(headers))

    return build


def fixed(response: Response) -> Builder:
    """Always this response."""
    return lambda _request, _options: response


def truncated(request: RequestContext, options: Options) -> Response:
    """JSON that stops in the middle, with a length that agrees."""
    response = current(request, options)
    return replace(response, body=response.body[: len(response.body) * 2 // 3])


def redirect(request: RequestContext, options: Options) -> Response:
    """A redirect to `location`, or to the canary address."""
    location = options["location"] or f"{request.base_url}/canary"
    return Response(options["status"], b"", (("Location", location),))


def padded_body(request: RequestContext, options: Options) -> Response:
    """A usable response with white space after it, `size` bytes in all."""
    # A client without a limit would read all of it and accept it.
    response = current(request, options)
    return replace(response, body=response.body.ljust(options["size"]))


def padded_headers(request: RequestContext, options: Options) -> Response:
    """A usable response with `size` bytes of additional headers."""
    count = -(-options["size"] // _HEADER_LENGTH)
    padding = [(f"X-Pad-{index}", "p" * _HEADER_LENGTH) for index in range(count)]
    response = current(request, options)
    return replace(response, headers=(*response.headers, *padding))


def verbatim(_: RequestContext, options: Options) -> Response:
    """Any status and body."""
    encoded = options["body_base64"]
    body = base64.b64decode(encoded) if encoded else options["body"].encode()
    return Response(options["status"], body)


def _result(request: RequestContext, options: Options) -> LivenessResult:
    return LivenessResult(
        picture=request.picture or _SAMPLE_PICTURE,
        score=str(options["score"]),
        faces=options["faces"],
        response_code=options["response_code"],
        requested_at=request.requested_at,
    )
