"""Faults 8 and 9: bodies that are no JSON, or JSON of another shape. None is ever read as live.

The bodies are those that the dialects' own tests are about.
"""

import json
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

from tests.adapters.upstream.test_dialects_refusals import BODIES, DRIFTED
from tests.doubles.behaviours import Behaviour, says, usable
from tests.reliability.fault_injection.scenarios import CHANCE, scenario
from tests.reliability.fault_injection.stage import Stage

_EACH: Final = 5
_GOOD: Final = usable("0.9998", shape=', "img": {"height": 96, "width": 96}')
# What the documents disagree on, in the words of each.
_DOCUMENTED: Final = (
    (b'"api_req_uid"', b'"api_req_uuid"'),
    (b'"img": {"height": 96, "width": 96}', b'"img_height": 96, "img_width": 96'),
    (b'"response_code": 2', b'"response_code": 0'),
    (b'"response_code": 2', b'"Errors": []'),
    (b'"requested_at": "2025-06-01T12:00:00.1", ', b""),
)
_ANYTHING: Final[tuple[object, ...]] = (
    None, True, 0, -1, 1.5, "", "text", [], {}, [1, {"a": None}], "\u0000", 2**70,
)  # fmt: skip


@scenario(8, f"{_EACH} bodies that are no usable JSON", runs=CHANCE)
def unreadable(stage: Stage) -> None:
    for body in stage.random.sample(sorted(BODIES.values()), _EACH):
        stage.post_apart(says(body))


@scenario(8, "a good answer behind a byte order mark")
def byte_order_mark(stage: Stage) -> None:
    stage.post(replace(_GOOD, body=b"\xef\xbb\xbf" + _GOOD.body))


@scenario(8, "a good score of 10,000 digits")
def many_digits(stage: Stage) -> None:
    stage.post(usable("0." + "9" * 10_000))


@scenario(9, f"{_EACH} answers with fields renamed, dropped, retyped or wrapped", runs=CHANCE)
def drifted(stage: Stage) -> None:
    for _name, whole in stage.random.sample(DRIFTED, _EACH):
        stage.post_apart(says(json.dumps(whole).encode()))


@scenario(
    9,
    f"{_EACH} answers as all documents allow them, and with extra fields by the hundred",
    runs=CHANCE,
)
def documented(stage: Stage) -> None:
    for _answer in range(_EACH):
        stage.post_apart(_as_documented(stage.random))


def _as_documented(random: Random) -> Behaviour:
    """An answer that says the same in other documented words, and much more."""
    body = _GOOD.body
    for words in random.sample(_DOCUMENTED, random.randint(0, len(_DOCUMENTED))):
        body = body.replace(*words)
    answer = json.loads(body, parse_float=Decimal)
    data = answer["response_data"]
    holder = random.choice((answer, data, data["faces_predicted"][0]))
    holder |= {f"extra_{number}": random.choice(_ANYTHING) for number in range(100)}
    return replace(_GOOD, body=json.dumps(answer, default=float).encode())
