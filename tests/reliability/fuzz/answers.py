"""Answers of the liveness API, broken in every way: whole HTTP responses, as bytes on a socket."""

import json
import re
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Final

from tests.adapters.raw_server import response
from tests.answers import BODIES, DRIFTED, DRIFTED_BOXES, FACE, body
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


def broken(random: Random) -> bytes:
    """A whole HTTP response: its JSON, its headers or its bytes changed, or nothing at all."""
    status = random.choice(_STATUSES)
    whole = _body(random)
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
    # After empty lines and interim responses, too.
    if not re.search(rb"(?m)^HTTP/1\.[0-9][ \t]+2\d\d", raw):
        return False
    # A chunk may end in the middle of a number.
    joined = re.sub(rb"\r\n[0-9a-fA-F]+\r\n", b"", raw)
    # In UTF-16 every other byte is 0.
    said = (raw + joined).replace(b"\0", b"")
    numbers = re.findall(rb'"faces_liveness"\s*:\s*([-0-9.eE+]+)', said)
    return any(_within(number, threshold) for number in numbers)


def _within(number: bytes, threshold: Decimal) -> bool:
    try:
        return threshold <= Decimal(number.decode()) <= 1
    except InvalidOperation:
        return False


def _body(random: Random) -> bytes:
    kind = random.random()
    if kind < 0.1:
        return random.choice(sorted(BODIES.values()))
    if kind < 0.3:
        return json.dumps(random.choice((*DRIFTED.values(), *DRIFTED_BOXES.values()))).encode()
    faces = random.choice((0, 1, 1, 1, 1, 1, 1, 1, 2, 200))
    whole = body(faces_predicted=[deepcopy(FACE)] * faces, faces_liveness="@score")
    score = random.choice(_NUMBERS) if random.random() < 0.4 else f"0.{random.randint(0, 10**6)}"
    encoding = random.choice(("utf-8",) * 8 + ("utf-8-sig", "utf-16"))
    return json.dumps(whole).replace('"@score"', score).encode(encoding)


def _chunked(content: bytes, status: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    half = len(content) // 2
    pieces = [piece for piece in (content[:half], content[half:]) if piece]
    return head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
