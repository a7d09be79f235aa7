"""The control address: order outcomes, read what was received, rotate the credentials."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import cast

from sandbox.outcomes import OUTCOMES, order
from sandbox.responses import Answer
from sandbox.scripted_outcomes import BadOrderError
from sandbox.state import State

_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


def control(state: State, method: str, path: str, host: str, body: bytes) -> Answer:
    """Answer one request to /control; whatever is wrong with it is a 4xx that says so."""
    if host.rsplit(":", 1)[0] not in _LOOPBACK:
        return _json(403, {"error": "the control address is for this machine only"})
    try:
        return _route(state, method, path, body)
    except BadOrderError as error:
        return _json(400, {"error": str(error)})


def _route(state: State, method: str, path: str, body: bytes) -> Answer:
    routes: dict[str, Callable[[], Answer]] = {
        "GET /control": lambda: _json(200, _summary(state)),
        "PUT /control/next": lambda: _next(state, _read(body)),
        "DELETE /control/next": lambda: _done(state.script.clear),
        "PUT /control/default": lambda: _default(state, _read(body)),
        "GET /control/requests": lambda: _json(200, [asdict(r) for r in state.requests]),
        "DELETE /control/requests": lambda: _done(state.records.forget),
        "GET /control/canary": lambda: _json(200, [asdict(v) for v in state.canary_visits]),
        "PUT /control/credentials": lambda: _rotate(state, _read(body)),
    }
    wanted = routes.get(f"{method} {path}")
    return wanted() if wanted else _json(404, {"error": f"no {method} {path} here"})


def _default(state: State, wanted: Mapping[str, object]) -> Answer:
    state.script.set_default(order(_text(wanted, "outcome"), _rest(wanted)))
    return _json(200, _summary(state))


def _rotate(state: State, wanted: Mapping[str, object]) -> Answer:
    state.rotate(_text(wanted, "app_id"), _text(wanted, "app_key"))
    return Answer(204, headers=())


def _next(state: State, wanted: Mapping[str, object]) -> Answer:
    count, replace = wanted.get("count", 1), wanted.get("replace", False)
    if not isinstance(count, int) or not isinstance(replace, bool):
        raise BadOrderError("count must be a whole number and replace true or false")
    state.script.add(order(_text(wanted, "outcome"), _rest(wanted)), count, replace=replace)
    return _json(200, _summary(state))


def _summary(state: State) -> dict[str, object]:
    queued, default = state.script.waiting()
    outcomes = {
        name: {"says": row.says, "takes": sorted({*row.takes, "delay", "headers"})}
        for name, row in OUTCOMES.items()
    }
    return {"next": queued[:100], "queued": len(queued), "default": default, "outcomes": outcomes}


def _read(body: bytes) -> Mapping[str, object]:
    try:
        wanted = json.loads(body)
    except ValueError as error:
        raise BadOrderError("the body must be JSON") from error
    if not isinstance(wanted, dict):
        raise BadOrderError("the body must be a JSON object")
    return cast("Mapping[str, object]", wanted)


def _text(wanted: Mapping[str, object], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise BadOrderError(f"{name} is needed, as text")
    return value


def _rest(wanted: Mapping[str, object]) -> dict[str, object]:
    return {n: v for n, v in wanted.items() if n not in {"outcome", "count", "replace"}}


def _json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content, default=str, indent=1).encode() + b"\n")


def _done(work: Callable[[], None]) -> Answer:
    work()
    return Answer(204, headers=())
