"""Answers of the liveness API, right and drifted, for every test that reads or sends one."""

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Final

FACE: Final = {
    "confidence": 0.9885,
    "delta": {"x": 18.9982, "y": 25.3957},
    "top_left": {"x": 38.0577, "y": 4.0824},
}


def body(**changes: object) -> dict[str, Any]:
    """The body documented today; `changes` replace members of it or of `response_data`."""
    data = {"faces_liveness": 0.9998, "faces_predicted": [FACE], "img": {"height": 71, "width": 95}}
    whole: dict[str, Any] = {
        "api_req_uid": "uid-1",
        "processed_at": "2025-06-01 12:00:01",
        "requested_at": "2025-06-01 12:00:00",
        "response_code": 2,
        "response_data": data,
    }
    for name, value in changes.items():
        (data if name in data or name.startswith("img_") else whole)[name] = value
    return whole


def without(whole: dict[str, Any], *names: str) -> dict[str, Any]:
    kept = {name: value for name, value in whole.items() if name not in names}
    data = whole["response_data"]
    kept["response_data"] = {name: value for name, value in data.items() if name not in names}
    return kept


GOOD: Final = json.dumps(body()).encode()
# The members an answer is judged by, and those that only say where the face is.
DECISIVE: Final = (
    ("response_data",),
    ("response_data", "faces_liveness"),
    ("response_data", "faces_predicted"),
)
BOXES: Final = (
    ("response_data", "faces_predicted", 0, "confidence"),
    ("response_data", "faces_predicted", 0, "delta"),
    ("response_data", "faces_predicted", 0, "delta", "x"),
    ("response_data", "faces_predicted", 0, "top_left"),
    ("response_data", "faces_predicted", 0, "top_left", "y"),
)
Path = tuple[str | int, ...]


def parent(whole: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON
    for step in path[:-1]:
        whole = whole[step]
    return whole


def _drifted(paths: Iterable[Path]) -> Iterator[tuple[str, object]]:
    """Each of these members renamed, dropped, retyped and wrapped; extra members beside it."""
    for path in paths:
        for what, value in (
            ("null", None), ("text", "0.9998"), ("bool", True), ("empty", {}), ("list", []),
            ("wrapped", "@wrap"), ("in an object", "@object"), ("dropped", "@drop"),
            ("renamed", "@rename"), ("upper", "@upper"), ("number", 7), ("negative", -0.1),
        ):  # fmt: skip
            whole = deepcopy(body(note="extra", data={"faces_liveness": 1}))
            if _change(parent(whole, path), path[-1], value):
                yield f"{'.'.join(map(str, path))} {what}", whole


def _change(where: Any, name: Any, value: object) -> bool:  # noqa: ANN401 - any JSON
    """Change one member; False where the change leaves an answer an answer."""
    before = where[name]
    if name == "faces_predicted" and value in (None, []):
        return False  # no face is an answer
    if name in {"x", "y"} and value in (7, -0.1):
        return False  # any number is a coordinate
    if value in ("@drop", "@rename", "@upper"):
        del where[name]
        if value != "@drop":
            where[f"{name}_new" if value == "@rename" else name.upper()] = before
    elif value == "@wrap":
        where[name] = [before]
    elif value == "@object":
        where[name] = {"value": before}
    else:
        where[name] = value
    return where.get(name) != before if isinstance(where, dict) else True


# By what was changed: each is a bad answer; each is an answer whose one box is left out.
DRIFTED: Final = dict(_drifted(DECISIVE))
DRIFTED_BOXES: Final = dict(_drifted(BOXES))

DEEP: Final = 100_000
BODIES: Final = {
    "empty": b"",
    "white space": b" \n ",
    "html": b"<!doctype html><title>Maintenance</title><h1>We will be back</h1>",
    "text": b"OK",
    "errors": b'{"Errors": [{"Message": "Something went wrong", "ErrCode": 5000}]}',
    "errors beside a score": json.dumps(body(Errors=[{"ErrCode": 1}])).encode(),
    "errors as text": json.dumps(body(Errors="limit")).encode(),
    "a list": b"[" + GOOD + b"]",
    "twice": GOOD + GOOD,
    "wrapped": b'{"body": ' + GOOD + b"}",
    "as text": json.dumps(GOOD.decode()).encode(),
    "cut": GOOD[:-1],
    "half": GOOD[: len(GOOD) // 2],
    "trailing": GOOD + b";",
    "a callback": b"callback(" + GOOD + b")",
    "two boms": b"\xef\xbb\xbf" * 2 + GOOD,
    "nul": GOOD.replace(b" ", b"\x00", 1),
    "single quotes": GOOD.replace(b'"', b"'"),
    "comment": b"/* */" + GOOD,
    "trailing comma": GOOD[:-1] + b",}",
    "deep list": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep extra": GOOD[:-1] + b', "x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 40,
    "random": bytes(range(256)) * 16,
    "null": b"null",
    "true": b"true",
    "number": b"0.9998",
    "score twice": GOOD.replace(b'"faces_liveness": ', b'"faces_liveness": 1, "faces_liveness": '),
    "data twice": GOOD[:-1] + b', "response_data": {}}',
}
