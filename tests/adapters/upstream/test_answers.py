"""Strange answers by the hundred: what decides must be right, and what does not is left out."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.adapters.upstream.answers import BadAnswerError, read_answer
from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import Decision, MultipleFaces
from tests.answers import (
    BODIES,
    BOXES,
    DECISIVE,
    DRIFTED,
    DRIFTED_BOXES,
    FACE,
    GOOD,
    Path,
    body,
    parent,
    without,
)

SCORE: Final = DECISIVE[1]


@pytest.mark.parametrize("whole", DRIFTED.values(), ids=DRIFTED.keys())
def test_what_decides_and_has_drifted_makes_a_bad_answer(whole: object) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(json.dumps(whole).encode())


@pytest.mark.parametrize("whole", DRIFTED_BOXES.values(), ids=DRIFTED_BOXES.keys())
def test_a_box_that_has_drifted_is_left_out(whole: object) -> None:
    answer = read_answer(json.dumps(whole).encode())
    assert (answer.score, answer.face_count) == (Decimal("0.9998"), 1)
    assert (answer.faces, answer.left_out) == ((), 1)


def with_number(path: Path, number: str) -> bytes:
    whole = deepcopy(body())
    parent(whole, path)[path[-1]] = "@number"
    return json.dumps(whole).replace('"@number"', number).encode()


NO_NUMBERS: Final = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e99999999999999999999",
    "1e1000000", "1e999999999999999999", "9" * 10_000, "-" + "9" * 10_000,
    "0." + "9" * 10 + "e5000", "true", "false", '"0.9998"', '"1"', "null", '""', "[0.9998]",
    "1e12", "2e9",
)  # fmt: skip
NO_JSON: Final = ("nan", "01", "1.", ".5", "+0.5", "0x1", "1_0", "0.9998.1", "½")
NO_SHARES: Final = ("-0.0001", "1.0001", "-1", "2", "99.98", "1e1", "1." + "0" * 50 + "1")


@pytest.mark.parametrize("number", NO_NUMBERS + NO_JSON + NO_SHARES)
def test_a_score_that_is_none_makes_a_bad_answer(number: str) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(with_number(SCORE, number))


@pytest.mark.parametrize("path", BOXES[:1] + BOXES[2:3])
@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_box_with_such_a_number_is_left_out(path: Path, number: str) -> None:
    answer = read_answer(with_number(path, number))
    assert (answer.score, answer.face_count) == (Decimal("0.9998"), 1)
    assert (answer.faces, answer.left_out) == ((), 1)


@pytest.mark.parametrize("number", NO_SHARES)
def test_a_confidence_outside_of_zero_and_one_is_left_out(number: str) -> None:
    assert read_answer(with_number(BOXES[0], number)).left_out == 1


TOLERATED: Final = {
    "latin-1": json.dumps(body(note="ä"), ensure_ascii=False).encode("latin-1"),
    "utf-16": json.dumps(body()).encode("utf-16"),
    "utf-32": json.dumps(body()).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "white space around": b"\r\n\t " + GOOD + b"\n\n",
    "raw new line": GOOD.replace(b"uid-1", b"uid\n1"),
    "extra twice": GOOD[:-1] + b', "extra": 1, "extra": 2}',
    "score twice, the same": GOOD.replace(
        b'"faces_liveness": ', b'"faces_liveness": 0.9998, "faces_liveness": '
    ),
    "nan beside": GOOD[:-1] + b', "extra": NaN}',
    "a number nobody can read beside": GOOD[:-1] + b', "extra": ' + b"9" * 50_000 + b"}",
    "a deep member beside": GOOD[:-1] + b', "extra": ' + b"[" * 200 + b"]" * 200 + b"}",
}
SAID_NO_FACE: Final = {
    "empty": body(faces_predicted=[]),
    "null": body(faces_predicted=None),
    "null, and no score": body(faces_predicted=None, faces_liveness=None),
    "empty, and no score": body(faces_predicted=[], faces_liveness=None),
    "empty, and a score that is none": body(faces_predicted=[], faces_liveness="none"),
    "neither": without(body(faces_liveness=None), "faces_predicted"),
    "empty, score absent": without(body(faces_predicted=[]), "faces_liveness"),
    "null, score absent": without(body(faces_predicted=None), "faces_liveness"),
    "the vendor's error code": {"Errors": [{"Message": "No face", "ErrCode": 5002}]},
    "the vendor's error code, as text": {"Errors": [{"Message": "No face", "ErrCode": "5002"}]},
    "the vendor's error code, not in a list": {"Errors": {"Message": "No face", "ErrCode": 5002}},
    "the vendor's error code, twice": {"Errors": [{"ErrCode": 5002}, {"ErrCode": 5002}]},
}
SEVERAL: Final = {
    "boxes of all": ([FACE] * 3, 3),
    "no boxes": ([{}] * 3, 0),
    "null in the list": ([FACE, None, FACE], 2),
    "no objects": ([1, "face"], 0),
    "one box without x": ([FACE, FACE | {"delta": {"y": 1}}], 1),
    "a hundred": ([FACE] * 100, 100),
    "a hundred and one": ([FACE] * 101, 100),
    "ten thousand": ([FACE] * 10_000, 100),
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_answer_is_a_bad_answer(raw: bytes) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(raw)


@pytest.mark.parametrize("raw", TOLERATED.values(), ids=TOLERATED.keys())
def test_what_decides_nothing_spoils_nothing(raw: bytes) -> None:
    answer = read_answer(raw)
    assert (answer.score, answer.face_count) == (Decimal("0.9998"), 1)
    assert (len(answer.faces), answer.left_out) == (1, 0)


@pytest.mark.parametrize("whole", SAID_NO_FACE.values(), ids=SAID_NO_FACE.keys())
def test_no_face_can_be_said_in_many_ways(whole: object) -> None:
    answer = read_answer(json.dumps(whole).encode())
    assert (answer.face_count, answer.faces, answer.left_out) == (0, (), 0)
    decision = decide(answer.score, answer.face_count, Decimal(0), MultipleFaces.SCORE)
    assert decision == (Decision.INCONCLUSIVE, ("no_face",))


@pytest.mark.parametrize(("listed", "boxes"), SEVERAL.values(), ids=SEVERAL.keys())
@pytest.mark.parametrize("score", [0.9998, None, "none", 7])
def test_several_faces_need_neither_boxes_nor_a_score(
    listed: list[Any], boxes: int, score: object
) -> None:
    answer = read_answer(json.dumps(body(faces_predicted=listed, faces_liveness=score)).encode())
    assert (answer.face_count, len(answer.faces)) == (len(listed), boxes)
    assert answer.left_out == len(listed) - boxes
    assert answer.score == (Decimal("0.9998") if score == 0.9998 else None)


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


@given(st.sampled_from(DECISIVE + BOXES), JSON)
def test_any_value_in_any_place_is_an_answer_or_a_bad_one(path: Path, value: object) -> None:
    whole = deepcopy(body())
    parent(whole, path)[path[-1]] = value
    try:
        answer = read_answer(json.dumps(whole).encode())
    except BadAnswerError:
        return
    assert answer.score is None or 0 <= answer.score <= 1
    assert answer.score is not None or answer.face_count != 1
