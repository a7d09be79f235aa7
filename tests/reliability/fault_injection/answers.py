"""Faults 8 and 9: bodies that are no JSON, or JSON of another shape. None is ever read as live."""

import base64
import json

from tests.reliability.recovery import Recovery
from tests.reliability.scenarios import FEW, scenario
from tests.reliability.shapes import ANSWER, UNREADABLE, another_shape, same_shape
from tests.reliability.stage import Stage

_EACH = 5


def _post_each(stage: Stage, bodies: list[bytes]) -> None:
    for body in bodies:
        stage.sandbox.next("verbatim", body_base64=base64.b64encode(body).decode())
        stage.post_apart()


@scenario(8, f"{len(UNREADABLE)} bodies that are no usable JSON", seeds=2)
def unreadable(stage: Stage, _: Recovery) -> None:
    _post_each(stage, list(UNREADABLE.values()))


@scenario(8, "a good answer behind a byte order mark", seeds=FEW)
def byte_order_mark(stage: Stage, _: Recovery) -> None:
    _post_each(stage, [b"\xef\xbb\xbf" + json.dumps(ANSWER).encode()])


@scenario(8, "a good score of 10,000 digits", seeds=FEW)
def many_digits(stage: Stage, _: Recovery) -> None:
    good = json.dumps(ANSWER).replace("0.9998", "0." + "9" * 10_000)
    _post_each(stage, [good.encode()])


@scenario(9, f"{_EACH} answers with fields renamed, dropped, retyped or wrapped")
def drifted(stage: Stage, _: Recovery) -> None:
    _post_each(stage, [another_shape(stage.random) for _ in range(_EACH)])


@scenario(9, f"{_EACH} answers as all documents allow them, and with extra fields by the hundred")
def documented(stage: Stage, _: Recovery) -> None:
    _post_each(stage, [same_shape(stage.random) for _ in range(_EACH)])
