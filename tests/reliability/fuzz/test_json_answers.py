"""JSON answers changed in every place: no usable score is lost, and none is made up.

20,000 of them, or 200,000 with SOAK=1. What each must be read as is known from how it was made.
"""

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest

from liveness_gateway.adapters.upstream.answers import MOST_BOXES, BadAnswerError, read_answer
from liveness_gateway.verifications.decision import decide
from liveness_gateway.verifications.model import MultipleFaces, UpstreamAnswer
from tests.answers import FACE, GOOD
from tests.bodies import Body, mutate, seeded
from tests.reliability.fuzz.answers import may_be_live
from tests.reliability.fuzz.bodies import amount

SHARDS: Final = 4
EACH: Final = amount(100_000) // SHARDS
THRESHOLD: Final = Decimal("0.6")
# Read as (score, number of faces); None where it is no answer.
Reading = tuple[Decimal | None, int] | None

_ANYTHING: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 0.5, 2**70, 1e300, "", "0.9", "text", "\u0000", "\ud83e\udd33",
    [], {}, [0.9], {"value": 0.9}, [[[]]], {"faces_liveness": 1},
)  # fmt: skip
_NO_SCORES: Final = (
    "null", "true", "false", '"0.9"', "[0.9]", "{}", "1.0000001", "-0.1", "7", "NaN", "Infinity",
    "1e999", "-1e999", "9" * 5_000, "1e99999999999999999999",
)  # fmt: skip
_NO_LISTS: Final = ("{}", '"faces"', "1", "true", "0.5")
_MEMBERS: Final = (
    "api_req_uid", "api_req_uuid", "requested_at", "processed_at", "response_code", "img",
    "img_width", "img_height", "extra", "model", "Errors_", "faces", "liveness", "\u00e9",
)  # fmt: skip
_ENCODINGS: Final = ("utf-8",) * 6 + ("utf-8-sig", "utf-16", "utf-16-le", "utf-32")


def anything(random: Random) -> str:
    return json.dumps(random.choice(_ANYTHING))


def score(random: Random) -> tuple[str | None, Decimal | None]:
    """What stands for the score, and the score it is; None for a member that is absent."""
    kind = random.random()
    if kind < 0.1:
        return None, None
    if kind < 0.3:
        return random.choice(_NO_SCORES), None
    text = random.choice(
        ("0", "1", "1.0", "0.0", "-0", "6e-1", "0.6", "1E0", f"0.{random.randint(0, 10**9)}",
         f"0.{random.randint(0, 10**40):040}", f"{random.random():.17g}")
    )  # fmt: skip
    return text, Decimal(text)


def box(random: Random) -> str:
    """A face: whole, with a part spoilt, or nothing like it."""
    kind = random.random()
    if kind < 0.5:
        return json.dumps(FACE)
    if kind < 0.6:
        return anything(random)
    face: dict[str, Any] = json.loads(json.dumps(FACE))
    where = random.choice((face, face["delta"], face["top_left"]))
    where[random.choice(sorted(where))] = random.choice(_ANYTHING)
    return json.dumps(face)


def faces(random: Random) -> tuple[str | None, list[str] | None]:
    """What stands for the faces, and the list it is; None for what is none."""
    kind = random.random()
    if kind < 0.05:
        return None, None
    if kind < 0.1:
        return random.choice(_NO_LISTS), None
    if kind < 0.15:
        return "null", []
    listed = [box(random) for _ in range(random.choice((0, 1, 1, 1, 1, 1, 2, 3, 100, 101)))]
    return f"[{', '.join(listed)}]", listed


def judged(
    said: str | None, number: Decimal | None, listed: Sequence[str] | None, named: str | None
) -> Reading:
    """The documented rules, written a second time."""
    if named is None and said == "null":
        return None, 0
    if listed is None:
        return None
    if len(listed) != 1:
        return number, len(listed)
    if number is None or not listed[0].startswith("{"):
        return None
    return number, 1


def made(random: Random) -> tuple[bytes, Reading]:
    said, number = score(random)
    named, listed = faces(random)
    data = [f'"{name}": {anything(random)}' for name in random.choices(_MEMBERS, k=3)]
    data += [] if said is None else [f'"faces_liveness": {said}'] * random.choice((1, 1, 1, 2))
    data += [] if named is None else [f'"faces_predicted": {named}']
    random.shuffle(data)
    whole = [f'"{name}": {anything(random)}' for name in random.choices(_MEMBERS, k=4)]
    whole += ['"Errors": ' + random.choice(("null", "[]", "{}", '""', "0", "false"))]
    whole += [f'"response_data": {{{", ".join(data)}}}']
    random.shuffle(whole)
    blank = random.choice(("", " ", "\r\n\t"))
    text = f"{blank}{{{blank}{f',{blank}'.join(whole)}}}{blank}"
    return text.encode(random.choice(_ENCODINGS)), judged(said, number, listed, named)


def read(raw: bytes) -> UpstreamAnswer | None:
    try:
        return read_answer(raw)
    except BadAnswerError:
        return None


def cut(number: Decimal | None) -> Decimal | None:
    """As it may be stored: 36 places, never rounded up."""
    if number is None:
        return None
    whole, _, places = f"{number:f}".lstrip("-").partition(".")
    return Decimal(f"{whole}.{places[:36]}")


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_each_is_read_as_the_rules_have_it(shard: int) -> None:
    random, seen = seeded("json", shard), Counter[str]()
    for _ in range(EACH):
        raw, expected = made(random)
        answer = read(raw)
        seen["bad" if expected is None else str(min(expected[1], 2))] += 1
        if answer is None or expected is None:
            assert (answer is None) == (expected is None), (raw, answer, expected)
            continue
        assert (answer.score, answer.face_count) == (cut(expected[0]), expected[1]), raw
        assert len(answer.faces) <= min(MOST_BOXES, answer.face_count)
        assert answer.left_out == answer.face_count - len(answer.faces)
    assert min(seen[kind] for kind in ("bad", "0", "1", "2")) > EACH / 20, seen


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_bytes_that_changed_make_nothing_live(shard: int) -> None:
    random = seeded("json-bytes", shard)
    for _ in range(EACH):
        raw = random.choice((GOOD, made(random)[0]))
        for _change in range(random.randint(1, 3)):
            raw = mutate(Body("", raw), random).content
        answer = read(raw)
        if answer is not None and answer.score is not None:
            verdict = decide(answer.score, answer.face_count, THRESHOLD, MultipleFaces.SCORE)
            if verdict[0] == "live":
                assert may_be_live(b"HTTP/1.1 200 OK\r\n\r\n" + raw, THRESHOLD), raw
