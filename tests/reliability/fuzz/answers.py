"""Answers of the liveness API, broken in every way: whole HTTP responses, as bytes on a socket."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any, Final

from tests.adapters.raw_server import response
from tests.adapters.upstream.test_dialects import FACE, body
from tests.bodies import Body, mutate

_STATUSES: Final = (
    *("200 OK",) * 12,
    "201 Created", "202 Accepted", "204 No Content", "206 Partial Content", "299 Fine",
    "100 Continue", "301 Moved", "302 Found", "307 Temporary Redirect", "400 Bad Request",
    "401 Unauthorized", "403 Forbidden", "404 Not Found", "413 Too Large", "429 Too Many Requests",
    "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "600 What",
)  # fmt: skip
_RETRY_AFTER: Final = ("0", "1", "2", "3", "-1", "1e3", "soon", "9" * 40, "", "\u0661")
_NUMBERS: Final = (
    "0", "1", "-0", "-0.0", "0.6", "0.59999999999999999999999999999999999999999999", "1.0000000001",
    "1e0", "1E-1", "6e-1", "1e999", "-1e999", "1e-999", "1e9999999", "1e99999999999999999999",
    "0e99999999999999999999", "NaN", "Infinity", "-Infinity", "true", "false", "null", '"0.9"',
    "[0.9]", '{"value": 0.9}', "0x1", "01", ".9", "9.", "+0.9", "1" * 400, "1" * 5000,
    "0." + "9" * 5000, "\u0661", "0.9 ", "1_0",
)  # fmt: skip
_VALUES: Final[tuple[object, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    10**400,
    0.9,
    "",
    "live",
    "\u202e",
    "x" * 5000,
    [],
    {},
)
_DEEP: Final = ("[" * 100_000, '{"a":' * 50_000)
Break = Callable[[Any, Random], Any]


def broken(random: Random) -> bytes:
    """A whole HTTP response: its JSON, its headers or its bytes changed, or nothing at all."""
    status = random.choice(_STATUSES)
    whole = _text(random)
    headers = {"X-Request-ID": "upstream-1"}
    if random.random() < 0.3:
        headers["Retry-After"] = random.choice(_RETRY_AFTER)
    raw = response(whole, status, **headers)
    if random.random() < 0.3:
        raw = _chunked(whole, status)
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        raw = mutate(Body("", raw), random).content
    return raw


def may_be_live(raw: bytes, threshold: Decimal) -> bool:
    """Whether anything in these bytes says 2xx, and a number at or above the threshold."""
    if not re.match(rb"HTTP/1.[\x00-\xff]\s*2\d\d", raw):
        return False
    # A chunk may end in the middle of a number.
    joined = re.sub(rb"\r\n[0-9a-fA-F]+\r\n", b"", raw)
    numbers = re.findall(rb'"faces_liveness"\s*:\s*([-0-9.eE+]+)', raw + joined)
    return any(_within(number, threshold) for number in numbers)


def _within(number: bytes, threshold: Decimal) -> bool:
    try:
        return threshold <= Decimal(number.decode()) <= 1
    except InvalidOperation:
        return False


def _text(random: Random) -> bytes:
    kind = random.random()
    if kind < 0.02:
        return random.choice(_DEEP).encode()
    if kind < 0.04:
        return random.choice((b"", b"null", b"<html>live</html>", b'"live"', b"\xff" * 99, b"0.9"))
    faces = random.choice((0, 1, 1, 1, 1, 1, 1, 1, 2, 200))
    whole = deepcopy(body(faces_predicted=[deepcopy(FACE) for _ in range(faces)]))
    whole["response_data"]["faces_liveness"] = "@score"
    for _ in range(random.choice((0, 0, 0, 1, 2, 3))):
        whole = random.choice(_BREAKS)(whole, random)
    text = json.dumps(whole, ensure_ascii=random.random() < 0.5, allow_nan=True)
    score = random.choice(_NUMBERS) if random.random() < 0.4 else f"0.{random.randint(0, 10**6)}"
    encoding = random.choice(("utf-8",) * 8 + ("utf-8-sig", "utf-16"))
    return text.replace('"@score"', score).encode(encoding, "surrogatepass")


def _chunked(content: bytes, status: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    half = len(content) // 2
    pieces = [piece for piece in (content[:half], content[half:]) if piece]
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def _places(whole: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    """Every member of every object and list."""
    members = whole.items() if isinstance(whole, dict) else enumerate(whole)
    for name, value in list(members):
        found.append((whole, name))
        if isinstance(value, dict | list):
            _places(value, found)
    return found


def _changed(change: Callable[[Any, Any, Random], None]) -> Break:
    def apply(whole: Any, random: Random) -> Any:  # noqa: ANN401 - any JSON
        places = _places(whole, [])
        if places:
            where, name = random.choice(places)
            change(where, name, random)
        return whole

    return apply


def _retype(where: Any, name: Any, random: Random) -> None:  # noqa: ANN401 - any JSON
    where[name] = random.choice(_VALUES)


def _drop(where: Any, name: Any, _: Random) -> None:  # noqa: ANN401 - any JSON
    del where[name]


def _wrap(where: Any, name: Any, random: Random) -> None:  # noqa: ANN401 - any JSON
    where[name] = random.choice(([where[name]], {"value": where[name]}, {str(name): where[name]}))


def _rename(where: Any, name: Any, random: Random) -> None:  # noqa: ANN401 - any JSON
    if isinstance(where, dict):
        other = random.choice((name.upper(), f"{name}s", f"{name} ", name.replace("_", ""), ""))
        where[other] = where.pop(name)


def _number(where: Any, name: Any, random: Random) -> None:  # noqa: ANN401 - any JSON
    where[name] = random.choice((10 ** random.randint(0, 400), -1, 1e308, random.random(), 2**63))


def _extra(where: Any, _: Any, random: Random) -> None:  # noqa: ANN401 - any JSON
    if isinstance(where, dict):
        where[random.choice(("Errors", "note", "faces_liveness", "live"))] = random.choice(_VALUES)


_BREAKS: Final = tuple(map(_changed, (_retype, _drop, _wrap, _rename, _number, _extra)))
