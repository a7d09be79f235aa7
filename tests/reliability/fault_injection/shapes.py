"""Bodies for faults 8 and 9: what is no JSON, what another API would say, what drift allows."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Final

Json = dict[str, Any]

ANSWER: Final[Json] = {
    "api_req_uid": "{uid}",
    "processed_at": "2025-06-01 12:00:01",
    "requested_at": "2025-06-01 12:00:00",
    "response_code": 2,
    "response_data": {
        "faces_liveness": 0.9998,
        "faces_predicted": [
            {
                "confidence": 0.9885,
                "delta": {"x": 18.9982, "y": 25.3957},
                "top_left": {"x": 38.0577, "y": 4.0824},
            }
        ],
        "img": {"height": 96, "width": 96},
    },
}
_TEXT: Final = json.dumps(ANSWER)


def _with_score(score: str) -> bytes:
    return _TEXT.replace("0.9998", score).encode()


UNREADABLE: Final = {
    "cut": _TEXT[:-1].encode(),
    "doubled": (_TEXT * 2).encode(),
    "single quotes": _TEXT.replace('"', "'").encode(),
    "trailing comma": _TEXT.replace("96}", "96,}").encode(),
    "comment": b"// live\n" + _TEXT.encode(),
    "NaN": _with_score("NaN"),
    "Infinity": _with_score("Infinity"),
    "1e999": _with_score("1e999"),
    "-1e999": _with_score("-1e999"),
    "an exponent of 18 digits": _with_score("2e999999999999999999"),
    "an integer of 10,000 digits": _with_score("9" * 10_000),
    "10,000 digits before the point": _with_score("9" * 10_000 + ".5"),
    "100,000 lists deep": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "100,000 lists deep beside a good answer": _TEXT.replace(
        '"response_code": 2', f'"response_code": {"[" * 100_000}{"]" * 100_000}'
    ).encode(),
    "UTF-16": _TEXT.encode("utf-16"),
    "UTF-32": _TEXT.encode("utf-32"),
    "Latin-1": _TEXT.replace("2025", "\u00e9", 1).encode("latin-1"),
    "two byte order marks": b"\xef\xbb\xbf" * 2 + _TEXT.encode(),
    "a NUL at the end": _TEXT.encode() + b"\0",
    "a score twice": _TEXT.replace('"img"', '"faces_liveness": 0.1, "img"').encode(),
    "a bare number": b"0.9998",
    "true": b"true",
    "null": b"null",
    "a list": f"[{_TEXT}]".encode(),
    "a text": json.dumps(_TEXT).encode(),
}
"""What no strict reader takes for an answer, by what is wrong with it."""


def another_shape(random: Random) -> bytes:
    """An answer in which one thing that decides is renamed, dropped, retyped or wrapped."""
    answer = deepcopy(ANSWER)
    random.choice(_DRIFTS)(answer, random)
    return json.dumps(answer).encode()


def same_shape(random: Random) -> bytes:
    """An answer that says the same in another of the documented ways, or says more."""
    answer = deepcopy(ANSWER)
    for change in random.sample(_VARIATIONS, random.randint(1, 4)):
        change(answer, random)
    return json.dumps(_shuffled(answer, random)).encode()


def _decisive(answer: Json, random: Random) -> tuple[Json, str]:
    """Where a thing that decides is, and its name."""
    data = answer["response_data"]
    face = data["faces_predicted"][0]
    return random.choice(
        (
            (answer, "response_data"), (data, "faces_liveness"), (data, "faces_liveness"),
            (data, "faces_predicted"), (face, "confidence"), (face, "top_left"), (face, "delta"),
            (face["top_left"], "x"), (face["top_left"], "y"), (face["delta"], "x"),
            (face["delta"], "y"),
        )
    )  # fmt: skip


def _rename(answer: Json, random: Random) -> None:
    holder, name = _decisive(answer, random)
    value = holder.pop(name)
    others = {name.upper(), f"{name}s", name.replace("_", ""), f" {name}", "score", name[:-1]}
    holder[random.choice(sorted(others - {name}))] = value


def _drop(answer: Json, random: Random) -> None:
    holder, name = _decisive(answer, random)
    del holder[name]


def _retype(answer: Json, random: Random) -> None:
    holder, name = _decisive(answer, random)
    holder[name] = random.choice(
        (str(holder[name]), None, True, False, "", "live", [[]], {"x": {}}, [None], [0.9998])
    )


def _wrap(answer: Json, random: Random) -> None:
    holder, name = _decisive(answer, random)
    value = holder[name]
    holder[name] = random.choice(([value], {"value": value}, {name: value}, [[value]]))


def _out_of_range(answer: Json, random: Random) -> None:
    answer["response_data"]["faces_liveness"] = random.choice((1.0000001, -0.0001, 2, 99.98, -1))


def _lift(answer: Json, _: Random) -> None:
    answer |= answer.pop("response_data")


def _with_errors(answer: Json, random: Random) -> None:
    answer["Errors"] = random.choice(([{"ErrCode": 5000, "Message": "no"}], "no", {"a": 1}, True))


_DRIFTS: Final[tuple[Callable[[Json, Random], None], ...]] = (
    _rename, _rename, _drop, _drop, _retype, _retype, _wrap, _wrap, _out_of_range, _lift,
    _with_errors,
)  # fmt: skip

_ANYTHING: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "text",
    [],
    {},
    [1, {"a": None}],
    "\u0000",
    2**70,
)


def _other_id(answer: Json, random: Random) -> None:
    del answer["api_req_uid"]
    answer["api_req_uuid"] = random.choice(("{uid}", *_ANYTHING))


def _other_size(answer: Json, random: Random) -> None:
    data = answer["response_data"]
    data.pop("img", None)
    if random.random() < 0.5:
        data["img_height"], data["img_width"] = 96, 96


def _any_code(answer: Json, random: Random) -> None:
    answer["response_code"] = random.choice((0, 1, 2, *_ANYTHING))


def _any_time(answer: Json, random: Random) -> None:
    answer[random.choice(("requested_at", "processed_at"))] = random.choice(_ANYTHING)


def _any_size(answer: Json, random: Random) -> None:
    answer["response_data"] |= {
        "img": random.choice((*_ANYTHING, {"height": random.choice(_ANYTHING), "width": 5})),
        "img_height": random.choice(_ANYTHING),
    }


def _no_errors(answer: Json, random: Random) -> None:
    answer["Errors"] = random.choice(([], None))


def _whole_score(answer: Json, random: Random) -> None:
    answer["response_data"]["faces_liveness"] = random.choice((1, 1.0, 0.7, 0.99999999999999999))


def _extra(answer: Json, random: Random) -> None:
    data = answer["response_data"]
    holder = random.choice((answer, data, data["faces_predicted"][0]))
    for number in range(100):
        holder[f"extra_{number}"] = random.choice(_ANYTHING)


_VARIATIONS: Final[tuple[Callable[[Json, Random], None], ...]] = (
    _other_id, _other_size, _any_code, _any_time, _any_size, _no_errors, _whole_score, _extra,
)  # fmt: skip


def _shuffled(answer: Json, random: Random) -> Json:
    names = random.sample(sorted(answer), len(answer))
    return {name: answer[name] for name in names}
