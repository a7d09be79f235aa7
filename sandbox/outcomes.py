"""Every outcome that can be ordered: what it says, what it takes, how it is sent."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox import connection as sending
from sandbox.connection import Wire
from sandbox.picture import Picture
from sandbox.responses import Answer, Verdict, current, errors, older
from sandbox.scripted_outcomes import BadOrderError, Order, Particulars, fill_in


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer may depend on."""

    requested_at: datetime
    picture: Picture | None
    base_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the catalogue.

    `judges` marks an answer that only a request with right credentials and a readable form
    gets; the others come whatever was sent. `shown` puts it on the demo page.
    """

    says: str
    answer: Callable[[Asked, Particulars], Answer]
    takes: Particulars
    deliver: Callable[[Wire, Answer, Particulars], None] = sending.whole
    judges: bool = False
    shown: bool = False


def order(outcome: str, given: Mapping[str, object]) -> Order:
    """An order with its particulars checked and completed; BadOrderError says what is wrong."""
    if outcome not in OUTCOMES:
        raise BadOrderError(f"unknown outcome {outcome!r}; known: {', '.join(OUTCOMES)}")
    row = OUTCOMES[outcome]
    universal: Particulars = {"delay": 0.0, "headers": {}}
    particulars = fill_in(outcome, {**universal, **row.takes}, given)
    return Order(outcome, particulars, row.judges)


def fulfil(ordered: Order, asked: Asked) -> Answer:
    """The answer ordered, with the ordered headers over its own."""
    answer = OUTCOMES[ordered.outcome].answer(asked, ordered.particulars)
    extra = ordered.particulars["headers"]
    kept = [pair for pair in answer.headers if pair[0].lower() not in {n.lower() for n in extra}]
    return replace(answer, headers=(*kept, *extra.items()))


def _verdict(asked: Asked, takes: Particulars) -> Verdict:
    return Verdict(
        picture=asked.picture or Picture("jpeg", 95, 71),
        score=str(takes["score"]),
        faces=takes["faces"],
        response_code=takes["response_code"],
        requested_at=asked.requested_at,
    )


def _current(asked: Asked, takes: Particulars) -> Answer:
    return Answer(200, current(_verdict(asked, takes)))


def _older(uid_name: str | None) -> Callable[[Asked, Particulars], Answer]:
    return lambda asked, takes: Answer(201, older(_verdict(asked, takes), uid_name))


def _error(message: str, code: int) -> Callable[[Asked, Particulars], Answer]:
    def answer(_: Asked, takes: Particulars) -> Answer:
        after = takes.get("retry_after")
        headers = [("Content-Type", "application/json")]
        headers += [] if after is None else [("Retry-After", str(after))]
        return Answer(takes["status"], errors(message, code), tuple(headers))

    return answer


def _fixed(answer: Answer) -> Callable[[Asked, Particulars], Answer]:
    return lambda _asked, _takes: answer


def _broken(asked: Asked, takes: Particulars) -> Answer:
    whole = _current(asked, takes)
    return replace(whole, body=whole.body[: len(whole.body) * 2 // 3])


def _redirect(asked: Asked, takes: Particulars) -> Answer:
    location = takes["location"] or f"{asked.base_url}/canary"
    return Answer(takes["status"], b"", (("Location", location),))


def _huge_body(asked: Asked, takes: Particulars) -> Answer:
    # White space after a perfectly good answer: a reader without a bound would believe it.
    whole = _current(asked, takes)
    return replace(whole, body=whole.body.ljust(takes["size"]))


def _huge_headers(asked: Asked, takes: Particulars) -> Answer:
    line = 8000
    padding = [(f"X-Pad-{at}", "p" * line) for at in range(-(-takes["size"] // line))]
    whole = _current(asked, takes)
    return replace(whole, headers=(*whole.headers, *padding))


def _verbatim(_: Asked, takes: Particulars) -> Answer:
    encoded = takes["body_base64"]
    return Answer(takes["status"], base64.b64decode(encoded) if encoded else takes["body"].encode())


_LIVE: Particulars = {"score": "0.9998", "faces": 1, "response_code": 2}
_OLDER: Particulars = {"score": "0.999810516834259", "faces": 1, "response_code": 0}
_HTML = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"

# fmt: off  # a table reads better with one row a line
OUTCOMES: dict[str, Outcome] = {
    "live": Outcome("a live face", _current, _LIVE, judges=True, shown=True),
    "not_live": Outcome(
        "a face that is not live", _current, {**_LIVE, "score": "0.0312"}, judges=True, shown=True
    ),
    "no_face": Outcome(
        "no face found", _current, {**_LIVE, "score": "0.0", "faces": 0}, judges=True, shown=True
    ),
    "multiple_faces": Outcome(
        "several faces, one score", _current, {**_LIVE, "faces": 3}, judges=True, shown=True
    ),
    "slow": Outcome("live, but late", _current, {**_LIVE, "delay": 4.0}, judges=True, shown=True),
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
    "cut": Outcome(
        "connection cut after the request", _fixed(Answer(200)), {}, sending.nothing, shown=True
    ),
    "broken_body": Outcome("JSON that stops in the middle", _broken, _LIVE, shown=True),
    "bad_request": Outcome("400", _error("The request cannot be processed", 400), {"status": 400}),
    "silent": Outcome(
        "nothing at all, then cut", _fixed(Answer(200)), {"seconds": 60.0}, sending.silence
    ),
    "reset_before_status": Outcome(
        "reset instead of an answer", _fixed(Answer(200)), {}, sending.reset
    ),
    "cut_body": Outcome("half of the promised body", _current, _LIVE, sending.half_body),
    "broken_chunks": Outcome("a chunk size that is none", _current, _LIVE, sending.bad_chunks),
    "drip_headers": Outcome(
        "headers byte by byte", _current, {**_LIVE, "interval": 1.0}, sending.slow_head
    ),
    "drip_body": Outcome(
        "body byte by byte", _current, {**_LIVE, "interval": 1.0}, sending.slow_body
    ),
    "redirect": Outcome(
        "redirected to a canary address", _redirect, {"status": 302, "location": None}
    ),
    "huge_body": Outcome("a good answer in 20 MB", _huge_body, {**_LIVE, "size": 20 * 1024 * 1024}),
    "huge_headers": Outcome(
        "a good answer under 1 MB of headers", _huge_headers, {**_LIVE, "size": 1024 * 1024}
    ),
    "html": Outcome(
        "an HTML page with 200",
        _fixed(Answer(200, _HTML, (("Content-Type", "text/html; charset=utf-8"),))),
        {},
    ),
    "errors_in_200": Outcome(
        "the error body with 200", _error("Something went wrong", 5000), {"status": 200}
    ),
    "empty": Outcome("200 without a body", _fixed(Answer(200)), {}),
    "no_content": Outcome("204", _fixed(Answer(204, headers=())), {}),
    "older": Outcome("201 in the older shape, without id", _older(None), _OLDER, judges=True),
    "older_uuid": Outcome(
        "201 in the older shape, api_req_uuid", _older("api_req_uuid"), _OLDER, judges=True
    ),
    "verbatim": Outcome(
        "any status, headers and body", _verbatim, {"status": 200, "body": "", "body_base64": ""}
    ),
}
# fmt: on
