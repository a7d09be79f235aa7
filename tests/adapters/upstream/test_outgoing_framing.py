"""Framing that leaves open where an answer ends is refused, and each reason is told apart."""

from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import MAXIMUM_ANSWER
from tests.adapters.outgoing import OK, Scripted, call, chunked, gzipped, outcome, sized
from tests.adapters.raw_server import response
from tests.answers import GOOD

N: Final = len(GOOD)
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def header(*lines: bytes, body: bytes = GOOD) -> bytes:
    return OK + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


CONTRADICTORY: Final = {
    "two lengths": header(b"Content-Length: %d" % N, b"Content-Length: %d" % (N - 1)),
    "two lengths in a list": header(b"Content-Length: %d, %d" % (N, N + 1)),
    "a length below zero": header(b"Content-Length: -%d" % N),
    "a length with a sign": header(b"Content-Length: +%d" % N),
    "a length in hexadecimal": header(b"Content-Length: 0x%x" % N),
    "a length with a point": header(b"Content-Length: %d.0" % N),
    "a length of other digits": header("Content-Length: \u0661".encode()),
    "a length with an underscore": header(b"Content-Length: 1_0"),
    "a word": header(b"Content-Length: all"),
    "a shorter length beside chunks": header(
        b"Content-Length: 3", b"Transfer-Encoding: chunked", body=chunked(GOOD)
    ),
    "a longer length beside chunks": header(
        b"Transfer-Encoding: chunked", b"Content-Length: 9999", body=chunked(GOOD)
    ),
    "a length beside a coding until the end": header(
        b"Transfer-Encoding: gzip", b"Content-Length: 3", body=gzipped(GOOD)
    ),
    "chunks inside a coding": header(b"Transfer-Encoding: chunked, gzip", body=chunked(GOOD)),
    "chunks with a parameter": header(b"Transfer-Encoding: chunked;a=b", body=chunked(GOOD)),
    "chunks by almost that name": header(b"Transfer-Encoding: chunkedd", body=chunked(GOOD)),
    "a chunk size with a sign": CHUNKED + b"+%x\r\n%s\r\n0\r\n\r\n" % (N, GOOD),
    "a chunk size below zero": CHUNKED + b"-1\r\n" + GOOD,
    "a chunk size with a prefix": CHUNKED + b"0x%x\r\n%s\r\n0\r\n\r\n" % (N, GOOD),
    "a chunk size with an underscore": CHUNKED + b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n",
    "a chunk size with a space in it": CHUNKED + b"1 0\r\n" + GOOD,
    "no chunk size": CHUNKED + b"\r\n" + GOOD,
    "a chunk longer than its size": CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (N - 1, GOOD),
    "a chunk shorter than its size": CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (N + 1, GOOD),
    "a chunk line of 70 KB": CHUNKED + b"1;" + b"x" * 70_000 + b"\r\n",
}
CUT: Final = {
    "in the headers": OK + b"Content-Le",
    "after the status line": OK,
    "before the empty line": OK + b"A: b\r\n",
    "before the body": sized(GOOD)[:-N],
    "in the body": sized(GOOD)[:-1],
    "in a size": CHUNKED + b"%x" % N,
    "in the last size": CHUNKED + chunked(GOOD)[:-4],
    "in a chunk": CHUNKED + chunked(GOOD)[:20],
    "after a chunk": CHUNKED + chunked(GOOD)[: -len(b"\r\n0\r\n\r\n")],
    "before the last chunk": CHUNKED + chunked(GOOD)[: -len(b"0\r\n\r\n")],
    "far before a length of 20 digits": header(b"Content-Length: " + b"9" * 20),
    "far before a length of 5,000 digits": header(b"Content-Length: " + b"9" * 5000),
    "far before the end of a chunk": CHUNKED + b"f" * 5000 + b"\r\n" + GOOD,
}
NO_HTTP: Final = {
    "five empty lines": b"\r\n" * 5 + sized(GOOD),
    "lower case": sized(GOOD).lower(),
    "another protocol": b"ICY 200 OK\r\n\r\n" + GOOD,
    "http 2": b"HTTP/2 200\r\n\r\n" + GOOD,
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n" + GOOD,
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n" + GOOD,
    "a status below 100": b"HTTP/1.1 099 OK\r\n\r\n" + GOOD,
    "a status of other digits": "HTTP/1.1 \u0662\u0660\u0660 OK\r\n\r\n".encode() + GOOD,
    "no status": b"HTTP/1.1 \r\n\r\n" + GOOD,
    "a hundred and one headers": OK + b"X: y\r\n" * 101 + b"\r\n" + GOOD,
    "a header of 70 KB": OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n" + GOOD,
    "only interim, then noise": b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD,
}
LARGE: Final = {
    "a body": sized(GOOD.ljust(MAXIMUM_ANSWER + 1)),
    "chunks": CHUNKED + chunked(GOOD.ljust(MAXIMUM_ANSWER), b" "),
    "until the end": OK + b"\r\n" + GOOD.ljust(MAXIMUM_ANSWER + 1),
    "interim heads": b"HTTP/1.1 100 Continue\r\n\r\n" * 90_000 + sized(GOOD),
    "framing": CHUNKED + b"1;%s\r\nx\r\n" % (b"e" * 60_000) * 40,
}
REFUSED: Final = {
    f"{reason}: {name}": (raw, reason)
    for reason, table in {
        "broken_http": CONTRADICTORY | NO_HTTP,
        "answer_cut": CUT,
        "answer_too_large": LARGE,
        "connection_lost": {"nothing": b"", "interim only": b"HTTP/1.1 100 Continue\r\n\r\n"},
    }.items()
    for name, raw in table.items()
}


@pytest.mark.parametrize(("raw", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_whole_answer_is_lost(scripted: Scripted, raw: bytes, reason: str) -> None:
    scripted.raw = raw
    assert outcome(scripted.server.url) == f"lost {reason}"


@pytest.mark.parametrize("length", [len(gzipped(GOOD)), N])
def test_a_length_from_before_or_after_the_coding_may_stay_beside_chunks(
    scripted: Scripted, length: int
) -> None:
    lines = [
        b"Content-Encoding: gzip",
        b"Transfer-Encoding: chunked",
        b"Content-Length: %d" % length,
    ]
    scripted.raw = header(*lines, body=chunked(gzipped(GOOD)))
    assert call(scripted.server.url).body == GOOD


def test_the_largest_answer_is_taken_in_every_framing(scripted: Scripted) -> None:
    body = GOOD.ljust(MAXIMUM_ANSWER)
    half = MAXIMUM_ANSWER // 2
    for raw in (sized(body), CHUNKED + chunked(body[:half], body[half:]), OK + b"\r\n" + body):
        scripted.raw = raw
        assert call(scripted.server.url).body == body


def test_a_protocol_nobody_asked_for_is_an_answer_without_a_body(scripted: Scripted) -> None:
    scripted.raw = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + response(GOOD)
    reply = call(scripted.server.url)
    assert (reply.status, reply.body) == (101, b"")
