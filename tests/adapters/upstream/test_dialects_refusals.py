"""Strange answers by the hundred: each is a bad answer, and none is ever live."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.adapters.upstream.dialects import BadAnswerError, read_answer
from tests.adapters.upstream.test_dialects import FACE, body

GOOD: Final = json.dumps(body()).encode()
# The members an answer is judged by: the path to each.
NEEDED: Final = (
    ("response_data",),
    ("response_data", "faces_liveness"),
    ("response_data", "faces_predicted"),
    ("response_data", "faces_predicted", 0),
    ("response_data", "faces_predicted", 0, "confidence"),
    ("response_data", "faces_predicted", 0, "delta"),
    ("response_data", "faces_predicted", 0, "delta", "x"),
    ("response_data", "faces_predicted", 0, "top_left"),
    ("response_data", "faces_predicted", 0, "top_left", "y"),
)
NUMBERS: Final = tuple(path for path in NEEDED if path[-1] in {"faces_liveness", "confidence", "x"})


def parent(whole: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any JSON
    for step in path[:-1]:
        whole = whole[step]
    return whole


def drifted() -> Iterator[tuple[str, object]]:
    """Every needed member renamed, dropped, retyped and wrapped; extra members beside it."""
    for path in NEEDED:
        for what, value in (
            ("null", None), ("text", "0.9998"), ("bool", True), ("empty", {}), ("list", []),
            ("wrapped", "@wrap"), ("in an object", "@object"), ("dropped", "@drop"),
            ("renamed", "@rename"), ("upper", "@upper"), ("number", 7), ("negative", -0.1),
        ):  # fmt: skip
            whole = deepcopy(body(note="extra", data={"faces_liveness": 1}))
            if change(parent(whole, path), path[-1], value):
                yield f"{'.'.join(map(str, path))} {what}", whole


def change(where: Any, name: Any, value: object) -> bool:  # noqa: ANN401 - any JSON
    """Change one member; False where the change leaves an answer an answer."""
    before = where[name]
    if name == "faces_predicted" and value == []:
        return False  # no face is an answer
    if name in {"x", "y"} and value in (7, -0.1):
        return False  # any number is a coordinate
    if value in ("@drop", "@rename", "@upper"):
        del where[name]
        if isinstance(name, int):
            return False
        if value != "@drop":
            where[f"{name}_new" if value == "@rename" else name.upper()] = before
    elif value == "@wrap":
        where[name] = [before]
    elif value == "@object":
        where[name] = {"value": before}
    else:
        where[name] = value
    return where.get(name) != before if isinstance(where, dict) else True


DRIFTED: Final = list(drifted())


@pytest.mark.parametrize("whole", [pytest.param(whole, id=name) for name, whole in DRIFTED])
def test_a_drifted_shape_is_a_bad_answer(whole: object) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(json.dumps(whole).encode())


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize(
    "number",
    [
        "NaN", "Infinity", "-Infinity", "nan", "1e999", "-1e999", "1e99999999999999999999",
        "1e1000000", "1e999999999999999999", "9" * 10_000, "-" + "9" * 10_000,
        "0." + "9" * 10 + "e5000", "01", "1.", ".5", "+0.5", "0x1", "1_0", "0.9998.1", "½",
        "true", "false", '"0.9998"', '"1"', "null", '""', "[0.9998]", "1e12", "2e9",
    ],
)  # fmt: skip
def test_a_number_that_is_none_is_a_bad_answer(path: tuple[str | int, ...], number: str) -> None:
    whole = deepcopy(body())
    parent(whole, path)[path[-1]] = "@number"
    raw = json.dumps(whole).replace('"@number"', number)
    with pytest.raises(BadAnswerError):
        read_answer(raw.encode())


@pytest.mark.parametrize(
    "number", ["-0.0001", "1.0001", "-1", "2", "99.98", "1e1", "1." + "0" * 50 + "1"]
)
@pytest.mark.parametrize("name", ["faces_liveness", "confidence"])
def test_a_share_outside_of_zero_and_one_is_a_bad_answer(name: str, number: str) -> None:
    raw = json.dumps(
        body(faces_liveness="@")
        if name == "faces_liveness"
        else body(faces_predicted=[FACE | {name: "@"}])
    ).replace('"@"', number)
    with pytest.raises(BadAnswerError):
        read_answer(raw.encode())


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
    "latin-1": json.dumps(body(note="ä"), ensure_ascii=False).encode("latin-1"),
    "utf-16": json.dumps(body()).encode("utf-16"),
    "utf-32": json.dumps(body()).encode("utf-32"),
    "two boms": b"\xef\xbb\xbf" * 2 + GOOD,
    "nul": GOOD.replace(b" ", b"\x00", 1),
    "raw new line": GOOD.replace(b"uid-1", b"uid\n1"),
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
    "face names twice": GOOD.replace(b'"x": ', b'"x": 1, "x": ', 1),
    "extra twice": GOOD[:-1] + b', "extra": 1, "extra": 2}',
    "nan beside": GOOD[:-1] + b', "extra": NaN}',
    # Such a record would not fit into the table.
    "101 faces": json.dumps(body(faces_predicted=[FACE] * 101)).encode(),
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_answer_is_a_bad_answer(raw: bytes) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(raw)


def test_a_bad_answer_quotes_nothing() -> None:
    for raw in (b'{"canary": 1}', b"canary", json.dumps(body(faces_liveness="canary")).encode()):
        with pytest.raises(BadAnswerError) as caught:
            read_answer(raw)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(st.sampled_from(NEEDED), JSON)
def test_any_value_in_any_place_is_an_answer_or_a_bad_one(
    path: tuple[str | int, ...], value: object
) -> None:
    whole = deepcopy(body())
    parent(whole, path)[path[-1]] = value
    try:
        answer = read_answer(json.dumps(whole).encode())
    except BadAnswerError:
        return
    assert 0 <= answer.score <= 1
