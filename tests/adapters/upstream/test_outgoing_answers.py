"""Whatever HTTP lets a server or an intermediary put around a good answer: it is that answer."""

from typing import Final

import pytest

from tests.adapters.outgoing import OK, Scripted, call, chunked, gzipped, sized
from tests.adapters.raw_server import response
from tests.answers import GOOD

SIZE: Final = b"Content-Length: %d" % len(GOOD)
EARLY_HINTS: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nA: b\r\n\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS: Final = chunked(GOOD[:7], GOOD[7:])


def status(line: bytes) -> bytes:
    return line + b"\r\n" + SIZE + b"\r\n\r\n" + GOOD


def header(*lines: bytes) -> bytes:
    """A 200 with these header lines and no others."""
    return OK + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + GOOD


def transfer(*values: bytes) -> bytes:
    """Two chunks under these values of Transfer-Encoding."""
    return OK + b"".join(b"Transfer-Encoding:%s\r\n" % v for v in values) + b"\r\n" + CHUNKS


STATUS_LINES: Final = {
    "no reason": status(b"HTTP/1.1 200"),
    "no reason, with its space": status(b"HTTP/1.1 200 "),
    "reason of any bytes": status(b"HTTP/1.1 200 Tr\xc3\xa8s bien \xff!"),
    "several spaces": status(b"HTTP/1.1  200   OK"),
    "a tab": status(b"HTTP/1.1\t200\tOK"),
    "http 1.0": status(b"HTTP/1.0 200 OK"),
    "http 1.2": status(b"HTTP/1.2 200 OK"),
    "an empty line before it": b"\r\n" + status(b"HTTP/1.1 200 OK"),
    "four empty lines before it": b"\r\n\n\r\n\n" + status(b"HTTP/1.1 200 OK"),
    **{
        str(code): status(b"HTTP/1.1 %d Fine" % code)
        for code in (200, 201, 202, 203, 206, 226, 299)
    },
}

INTERIM: Final = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n" + response(GOOD),
    "100 without a reason": b"HTTP/1.1 100\r\n\r\n" + response(GOOD),
    "102": b"HTTP/1.1 102 Processing\r\n\r\n" + response(GOOD),
    "103 with headers": EARLY_HINTS + response(GOOD),
    "one nobody knows": b"HTTP/1.1 199 What\r\nRetry-After: 9\r\n\r\n" + response(GOOD),
    "with a length of its own": b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
    + response(GOOD),
    "many": b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY_HINTS * 20 + CHUNKED + CHUNKS,
    "an empty line between": b"HTTP/1.1 100 Continue\r\n\r\n\r\n" + response(GOOD),
}

HEADERS: Final = {
    "none, until the end": OK + b"\r\n" + GOOD,
    "none, http 1.0": b"HTTP/1.0 200 OK\r\n\r\n" + GOOD,
    "no space": header(b"Content-Length:%d" % len(GOOD)),
    "tabs and spaces": header(b"Content-Length: \t %d \t " % len(GOOD)),
    "space before the colon": header(b"Content-Length : %d" % len(GOOD)),
    "odd case": header(b"cOnTeNt-LeNgTh: %d" % len(GOOD)),
    "leading zeros": header(b"Content-Length: 000%d" % len(GOOD)),
    "five thousand zeros": header(b"Content-Length: %s%d" % (b"0" * 5000, len(GOOD))),
    "length repeated": header(SIZE, b"A: b", SIZE),
    "length as a list": header(b"Content-Length: %d, %d,%d" % ((len(GOOD),) * 3)),
    "length as a list with gaps": header(b"Content-Length: , %d,," % len(GOOD)),
    "a length of nothing": header(b"Content-Length:"),
    "folded": header(b"X-Long: one", b" two", b"\tthree", SIZE),
    "length folded": header(b"Content-Length:", b" %d" % len(GOOD)),
    "folded before the first": header(b"  nothing to go on with", SIZE),
    "folded to nothing": header(b"X: y", b"   ", SIZE),
    "values beyond ASCII": header(b"X-Name: M\xc3\xbcller \xff", SIZE),
    "a line without a colon": header(b"nonsense", SIZE, b"more of it"),
    "a line without a colon, folded": header(b"nonsense", b" and more", SIZE),
    "no name": header(b": value", SIZE),
    "a name with a space": header(b"X Y: z", SIZE),
    "a name beyond ASCII": header(b"X-\xff: z", SIZE),
    "CR and NUL in a value": header(b"X: a\rb\0c", SIZE),
    "a hundred of them": header(*[b"X: y"] * 99, SIZE),
    "one of 60 KB": header(b"Set-Cookie: a=" + b"b" * 60_000, SIZE),
    "more than the length after it": header(SIZE) + b"the next response",
    "connection stays": header(b"Connection: keep-alive", b"Keep-Alive: timeout=5", SIZE),
    "an upgrade on offer": header(b"Upgrade: h2c", b"Connection: upgrade", SIZE),
    **{
        f"content type {kind.decode()}": header(b"Content-Type: " + kind, SIZE)
        for kind in (b"text/html", b"text/plain; charset=utf-16", b"application/xml", b"x", b"")
    },
}  # fmt: skip

LINE_ENDS: Final = {
    "LF only": response(GOOD).replace(b"\r\n", b"\n"),
    "LF only, chunked": CHUNKED.replace(b"\r\n", b"\n") + CHUNKS.replace(b"\r\n", b"\n"),
    "LF here, CR LF there": b"HTTP/1.1 200 OK\n" + SIZE + b"\r\n\n" + GOOD,
    "CR CR LF": header(SIZE).replace(b"\r\n", b"\r\r\n"),
}

CHUNKING: Final = {
    "one chunk": CHUNKED + chunked(GOOD),
    "a byte each": CHUNKED + chunked(*(GOOD[at : at + 1] for at in range(len(GOOD)))),
    "upper case": CHUNKED + b"%X\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD),
    "leading zeros": CHUNKED + b"000000000000%x\r\n%s\r\n0000\r\n\r\n" % (len(GOOD), GOOD),
    "extensions": CHUNKED + b'%x;a=b;c="d;e\xff"\r\n%s\r\n0;end\r\n\r\n' % (len(GOOD), GOOD),
    "spaces around": CHUNKED + b" %x \t\r\n%s\r\n0 ; a\r\n\r\n" % (len(GOOD), GOOD),
    "trailers": CHUNKED + CHUNKS[:-2] + b"X-Sum: 1\r\nContent-Length: 3\r\n\r\n",
    "broken trailers": CHUNKED + CHUNKS[:-2] + b"what is \xff this\r\n",
    "ended after the last": CHUNKED + CHUNKS[:-2],
    "much after the last": CHUNKED + CHUNKS + b"x" * 100_000,
    "http 1.0": CHUNKED.replace(b"1.1", b"1.0") + CHUNKS,
    "coding in odd case": transfer(b" ChUnKeD"),
    "coding without space": transfer(b"chunked"),
    "coding twice": transfer(b" chunked", b" chunked"),
    "coding and a comma": transfer(b" , chunked ,"),
    "identity first": transfer(b" identity, chunked"),
    "identity last": transfer(b" chunked", b" Identity"),
    "identity alone": header(b"Transfer-Encoding: identity", SIZE),
    "identity, until the end": header(b"Transfer-Encoding: identity"),
    "gzip inside": transfer(b" gzip, chunked").replace(CHUNKS, chunked(gzipped(GOOD))),
    "gzip, until the end": OK + b"Transfer-Encoding: gzip\r\n\r\n" + gzipped(GOOD),
    "a length that fits beside it": OK + SIZE + b"\r\n" + CHUNKED[len(OK) :] + CHUNKS,
}

EVERYTHING: Final = {
    f"{group}: {name}": raw
    for group, table in {
        "status line": STATUS_LINES,
        "interim": INTERIM,
        "headers": HEADERS,
        "line ends": LINE_ENDS,
        "chunks": CHUNKING,
    }.items()
    for name, raw in table.items()
}


@pytest.mark.parametrize("raw", EVERYTHING.values(), ids=EVERYTHING.keys())
def test_a_good_answer_is_read_whatever_is_around_it(scripted: Scripted, raw: bytes) -> None:
    scripted.raw = raw
    reply = call(scripted.server.url)
    assert reply.body == GOOD
    assert 200 <= reply.status <= 299


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\r\n ", b"\xef\xbb\xbf\n"])
def test_what_stands_before_the_json_stays(scripted: Scripted, mark: bytes) -> None:
    scripted.raw = sized(mark + GOOD)
    assert call(scripted.server.url).body == mark + GOOD


@pytest.mark.parametrize("nothing", [b"", b"Content-Length: 0\r\n", b"Content-Length: 99\r\n",
                                     b"Transfer-Encoding: chunked\r\n"])  # fmt: skip
def test_a_status_without_content_has_none(scripted: Scripted, nothing: bytes) -> None:
    scripted.raw = b"HTTP/1.1 204 No Content\r\n" + nothing + b"\r\nx"
    assert (call(scripted.server.url).status, call(scripted.server.url).body) == (204, b"")


def test_only_the_last_head_is_the_answers(scripted: Scripted) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nX-Request-ID: hint\r\nRetry-After: 1\r\n\r\n"
    scripted.raw = hint + sized(GOOD, b"x-REQUEST-id:  r-1", b"Retry-After: 2")
    reply = call(scripted.server.url)
    assert (reply.request_id, reply.retry_after) == ("r-1", "2")


@pytest.mark.parametrize(
    "value", ["0", "120", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "1e3", "-1", "9" * 40, ""]
)
def test_retry_after_is_passed_on_as_it_is(scripted: Scripted, value: str) -> None:
    scripted.raw = response(b"{}", "503 Busy", Retry_After=value)
    assert call(scripted.server.url).retry_after == value
