"""Faults 8 and 9: bodies that are no JSON, or JSON of another shape. None is ever read as live."""

import json
from dataclasses import replace
from decimal import Decimal

from tests.doubles.behaviours import Behaviour, says
from tests.reliability.fault_injection.scenarios import FEW, scenario
from tests.reliability.fault_injection.shapes import ANSWER, UNREADABLE, another_shape, same_shape
from tests.reliability.fault_injection.stage import Stage

_EACH = 5


@scenario(8, f"{len(UNREADABLE)} bodies that are no usable JSON", runs=2)
def unreadable(stage: Stage) -> None:
    for body in UNREADABLE.values():
        stage.post_apart(says(body))


@scenario(8, "a good answer behind a byte order mark", runs=FEW)
def byte_order_mark(stage: Stage) -> None:
    stage.post(_good(b"\xef\xbb\xbf" + json.dumps(ANSWER).encode()))


@scenario(8, "a good score of 10,000 digits", runs=FEW)
def many_digits(stage: Stage) -> None:
    stage.post(_good(json.dumps(ANSWER).replace("0.9998", "0." + "9" * 10_000).encode()))


@scenario(9, f"{_EACH} answers with fields renamed, dropped, retyped or wrapped")
def drifted(stage: Stage) -> None:
    for _answer in range(_EACH):
        stage.post_apart(says(another_shape(stage.random)))


@scenario(9, f"{_EACH} answers as all documents allow them, and with extra fields by the hundred")
def documented(stage: Stage) -> None:
    for _answer in range(_EACH):
        stage.post_apart(_good(same_shape(stage.random)))


def _good(body: bytes) -> Behaviour:
    """An answer with one face; its score is read here a second time."""
    data = json.loads(body.decode("utf-8-sig"), parse_float=Decimal)["response_data"]
    return replace(says(body), score=Decimal(data["faces_liveness"]), faces=1)
