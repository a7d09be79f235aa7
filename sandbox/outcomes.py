"""Every outcome that can be scripted: its response, its options and how it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sandbox import building, delivery
from sandbox.building import Builder, RequestContext
from sandbox.delivery import Channel
from sandbox.responses import Response
from sandbox.scripted_outcomes import (
    InvalidOutcomeError,
    Options,
    ScriptedOutcome,
    complete_options,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the catalogue.

    `needs_valid_request` marks a response that only a request with the right credentials and
    a readable form gets; the others come whatever was sent. `shown` puts it on the demo page.
    """

    description: str
    build: Builder
    defaults: Options
    send: Callable[[Channel, Response, Options], None] = delivery.whole
    needs_valid_request: bool = False
    shown: bool = False


def scripted(name: str, options: Mapping[str, object] | None = None) -> ScriptedOutcome:
    """The outcome of that name with its options checked and completed.

    Raises:
        InvalidOutcomeError: there is no such outcome, or it cannot have these options.
    """
    if name not in OUTCOMES:
        raise InvalidOutcomeError(f"unknown outcome {name!r}; known: {', '.join(OUTCOMES)}")
    outcome = OUTCOMES[name]
    defaults: Options = {"delay": 0.0, "headers": {}, **outcome.defaults}
    completed = complete_options(name, defaults, options or {})
    return ScriptedOutcome(name, completed, outcome.needs_valid_request)


def respond(outcome: ScriptedOutcome, request: RequestContext) -> Response:
    """The response of the outcome, with the scripted headers over its own."""
    response = OUTCOMES[outcome.name].build(request, outcome.options)
    extra = outcome.options["headers"]
    replaced = {name.lower() for name in extra}
    kept = [pair for pair in response.headers if pair[0].lower() not in replaced]
    return replace(response, headers=(*kept, *extra.items()))


_LIVE: Options = {"score": "0.9998", "faces": 1, "response_code": 2}
_OLDER: Options = {"score": "0.999810516834259", "faces": 1, "response_code": 0}
_OK = building.fixed(Response(200))
_HTML = Response(
    200,
    b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>",
    (("Content-Type", "text/html; charset=utf-8"),),
)
_current, _error = building.current, building.error


def _usable(
    description: str, defaults: Options, build: Builder = _current, *, shown: bool = True
) -> Outcome:
    return Outcome(description, build, defaults, needs_valid_request=True, shown=shown)


OUTCOMES: dict[str, Outcome] = {
    "live": _usable("a live face", _LIVE),
    "not_live": _usable("a face that is not live", {**_LIVE, "score": "0.0312"}),
    "no_face": _usable("no face found", {**_LIVE, "score": "0.0", "faces": 0}),
    "multiple_faces": _usable("several faces, one score", {**_LIVE, "faces": 3}),
    "slow": _usable("live, but late", {**_LIVE, "delay": 4.0}),
    "unauthorized": Outcome(
        "401, credentials refused", _error("Unauthorized", 401), {"status": 401}, shown=True
    ),
    "limit": Outcome(
        "403, usage limit reached", _error("Limits exceeded", 403), {"status": 403}, shown=True
    ),
    "too_many_requests": Outcome(
        "429 with any Retry-After",
        _error("Too many requests", 429),
        {"status": 429, "retry_after": "1"},
        shown=True,
    ),
    "server_error": Outcome(
        "5xx", _error("Internal server error", 500), {"status": 500}, shown=True
    ),
    "unavailable": Outcome(
        "503 with Retry-After",
        _error("Service unavailable", 503),
        {"status": 503, "retry_after": "1"},
        shown=True,
    ),
    "cut": Outcome("connection cut after the request", _OK, {}, delivery.cut, shown=True),
    "broken_body": Outcome("JSON that stops in the middle", building.truncated, _LIVE, shown=True),
    "bad_request": Outcome("400", _error("The request cannot be processed", 400), {"status": 400}),
    "silent": Outcome("nothing at all, then cut", _OK, {"seconds": 60.0}, delivery.silence),
    "reset_before_status": Outcome("reset instead of a response", _OK, {}, delivery.reset),
    "cut_body": Outcome("half of the announced body", _current, _LIVE, delivery.half_body),
    "broken_chunks": Outcome("an invalid chunk size", _current, _LIVE, delivery.invalid_chunks),
    "drip_headers": Outcome(
        "headers byte by byte", _current, {**_LIVE, "interval": 1.0}, delivery.slow_head
    ),
    "drip_body": Outcome(
        "body byte by byte", _current, {**_LIVE, "interval": 1.0}, delivery.slow_body
    ),
    "redirect": Outcome(
        "redirected to a canary address", building.redirect, {"status": 302, "location": None}
    ),
    "huge_body": Outcome(
        "a good response in 20 MB", building.padded_body, {**_LIVE, "size": 20 * 1024 * 1024}
    ),
    "huge_headers": Outcome(
        "a good response under 1 MB of headers",
        building.padded_headers,
        {**_LIVE, "size": 1024 * 1024},
    ),
    "html": Outcome("an HTML page with 200", building.fixed(_HTML), {}),
    "errors_in_200": Outcome(
        "the error body with 200", _error("Something went wrong", 5000), {"status": 200}
    ),
    "empty": Outcome("200 without a body", _OK, {}),
    "no_content": Outcome("204", building.fixed(Response(204, headers=())), {}),
    "older": _usable(
        "201 in the older shape, without id", _OLDER, building.older(None), shown=False
    ),
    "older_uuid": _usable(
        "201 in the older shape, api_req_uuid", _OLDER, building.older("api_req_uuid"), shown=False
    ),
    "verbatim": Outcome(
        "any status, headers and body",
        building.verbatim,
        {"status": 200, "body": "", "body_base64": ""},
    ),
}
