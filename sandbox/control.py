"""The control API: script outcomes, read the received requests, rotate the credentials."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import cast

from sandbox.outcomes import OUTCOMES, scripted
from sandbox.responses import Response
from sandbox.scripted_outcomes import InvalidOutcomeError, ScriptedOutcome
from sandbox.state import State

_MOST_LISTED = 100


def control(state: State, method: str, path: str, body: bytes) -> Response:
    """Respond to one request to /control; an invalid request gets a 4xx that says why."""
    try:
        return _route(state, method, path, body)
    except InvalidOutcomeError as error:
        return _json(400, {"error": str(error)})


def _route(state: State, method: str, path: str, body: bytes) -> Response:
    routes: dict[str, Callable[[], Response]] = {
        "GET /control": lambda: _json(200, _summary(state)),
        "PUT /control/next": lambda: _next(state, _parse(body)),
        "DELETE /control/next": lambda: _no_content(state.queue.clear),
        "PUT /control/default": lambda: _default(state, _parse(body)),
        "GET /control/requests": lambda: _json(200, [asdict(r) for r in state.requests]),
        "DELETE /control/requests": lambda: _no_content(state.records.clear),
        "GET /control/canary": lambda: _json(200, [asdict(v) for v in state.canary_visits]),
        "PUT /control/credentials": lambda: _rotate(state, _parse(body)),
    }
    route = routes.get(f"{method} {path}")
    return route() if route else _json(404, {"error": f"no {method} {path} here"})


def _next(state: State, members: Mapping[str, object]) -> Response:
    count, replace = members.get("count", 1), members.get("replace", False)
    if not isinstance(count, int) or not isinstance(replace, bool):
        raise InvalidOutcomeError("count must be a whole number and replace true or false")
    state.queue.add(_scripted(members), count, replace=replace)
    return _json(200, _summary(state))


def _default(state: State, members: Mapping[str, object]) -> Response:
    state.queue.set_default(_scripted(members))
    return _json(200, _summary(state))


def _rotate(state: State, members: Mapping[str, object]) -> Response:
    state.rotate(_text(members, "app_id"), _text(members, "app_key"))
    return Response(204, headers=())


def _summary(state: State) -> dict[str, object]:
    queued, default = state.queue.names()
    outcomes = {
        name: {
            "says": outcome.description,
            "takes": sorted({*outcome.defaults, "delay", "headers"}),
        }
        for name, outcome in OUTCOMES.items()
    }
    return {
        "next": queued[:_MOST_LISTED],
        "queued": len(queued),
        "default": default,
        "outcomes": outcomes,
    }


def _scripted(members: Mapping[str, object]) -> ScriptedOutcome:
    options = {n: v for n, v in members.items() if n not in {"outcome", "count", "replace"}}
    return scripted(_text(members, "outcome"), options)


def _parse(body: bytes) -> Mapping[str, object]:
    try:
        members = json.loads(body)
    except ValueError as error:
        raise InvalidOutcomeError("the body must be JSON") from error
    if not isinstance(members, dict):
        raise InvalidOutcomeError("the body must be a JSON object")
    return cast("Mapping[str, object]", members)


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidOutcomeError(f"{name} is needed, as text")
    return value


def _json(status: int, content: object) -> Response:
    return Response(status, json.dumps(content, default=str, indent=1).encode() + b"\n")


def _no_content(action: Callable[[], None]) -> Response:
    action()
    return Response(204, headers=())
