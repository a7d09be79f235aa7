"""Content codings nobody asked for: undone where that is possible, and bounded after it."""

import gzip
import tracemalloc
from typing import Final

import pytest

from liveness_gateway.adapters.upstream.replies import MAXIMUM_ANSWER
from tests.adapters.outgoing import (
    OK,
    Scripted,
    call,
    chunked,
    deflated,
    gzipped,
    outcome,
    sized,
    zlibbed,
)
from tests.answers import GOOD

NAMED: Final = (
    gzip.compress(GOOD)[:3] + b"\x08" + gzipped(GOOD)[4:10] + b"a.json\0" + gzipped(GOOD)[10:]
)


def coded(body: bytes, *values: bytes) -> bytes:
    return sized(body, *(b"Content-Encoding:" + value for value in values))


DECODED: Final = {
    "gzip": coded(gzipped(GOOD), b" gzip"),
    "gzip by its old name": coded(gzipped(GOOD), b" x-gzip"),
    "gzip in odd case": coded(gzipped(GOOD), b"\t GZip \t"),
    "gzip without space": coded(gzipped(GOOD), b"gzip"),
    "gzip with a file name": coded(NAMED, b" gzip"),
    "gzip in two members": coded(gzipped(GOOD[:9]) + gzipped(GOOD[9:]), b" gzip"),
    "gzip with padding": coded(gzipped(GOOD) + bytes(512), b" gzip"),
    "gzip and noise": coded(gzipped(GOOD) + b"noise", b" gzip"),
    "gzip in chunks": OK
    + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    + chunked(gzipped(GOOD)[:11], gzipped(GOOD)[11:]),
    "gzip until the end": OK + b"Content-Encoding: gzip\r\n\r\n" + gzipped(GOOD),
    "deflate": coded(zlibbed(GOOD), b" deflate"),
    "deflate without a frame": coded(deflated(GOOD), b" Deflate"),
    "deflate without a frame, stored": coded(b"\x01%s%s%s" % (
        len(GOOD).to_bytes(2, "little"), (len(GOOD) ^ 0xFFFF).to_bytes(2, "little"), GOOD,
    ), b" deflate"),
    "identity": coded(GOOD, b" identity"),
    "nothing": coded(GOOD, b" "),
    "identity and gzip": coded(gzipped(GOOD), b" identity, gzip", b" identity"),
    "two, first to last": coded(gzipped(zlibbed(GOOD)), b" deflate, gzip"),
    "two, in two headers": coded(zlibbed(gzipped(GOOD)), b" gzip", b" deflate"),
    "two, one of them without a frame": coded(gzipped(deflated(GOOD)), b" deflate,,gzip "),
    "five": coded(gzipped(gzipped(gzipped(gzipped(gzipped(GOOD))))), b"gzip," * 5),
    "one in the transfer": OK
    + b"Content-Encoding: deflate\r\nTransfer-Encoding: x-gzip, chunked\r\n\r\n"
    + chunked(gzipped(zlibbed(GOOD))),
    "called gzip, is zlib": coded(zlibbed(GOOD), b" gzip"),
    "called gzip, decoded on the way": coded(GOOD, b" gzip"),
    "called deflate, decoded on the way": coded(GOOD, b" deflate"),
    "called br, decoded on the way": coded(GOOD, b" br"),
    "no coding at all": coded(GOOD, b" utf-8"),
    "called gzip twice": coded(gzipped(GOOD), b" gzip", b" gzip"),
}  # fmt: skip
BOMB: Final = gzip.compress(bytes(50_000_000))
UNDECODABLE: Final = {
    "br": coded(b"\x8b\x01\x80GOOD\x03", b" br"),
    "zstd": coded(b"\x28\xb5\x2f\xfd" + GOOD, b" zstd"),
    "compress": coded(b"\x1f\x9d" + GOOD, b" compress"),
    "a word": coded(b"<html>", b" what"),
    "br in the transfer": OK + b"Transfer-Encoding: br, chunked\r\n\r\n" + chunked(b"\x8b\x01"),
    "gzip cut in its data": coded(gzipped(GOOD)[:-20], b" gzip"),
    "gzip cut in its sum": coded(gzipped(GOOD)[:-1], b" gzip"),
    "gzip with a wrong sum": coded(gzipped(GOOD)[:-8] + bytes(8), b" gzip"),
    "gzip with a changed byte": coded(gzipped(GOOD)[:30] + b"\xff" + gzipped(GOOD)[31:], b" gzip"),
    "gzip cut in its second member": coded(gzipped(GOOD) + gzipped(GOOD)[:-9], b" gzip"),
    "gzip of 101 members": coded(gzipped(b"") * 101, b" gzip"),
    "gzip that is a page": coded(b"<html>no</html>", b" gzip"),
    "deflate cut": coded(zlibbed(GOOD)[:-5], b" deflate"),
    "deflate without a frame, cut": coded(deflated(GOOD)[:-5], b" deflate"),
    "in the wrong order": coded(gzipped(zlibbed(GOOD)), b" gzip, br"),
    "six": coded(gzipped(GOOD), b"gzip," * 6),
}  # fmt: skip
BOMBS: Final = {
    "gzip": coded(BOMB, b" gzip"),
    "deflate": coded(zlibbed(bytes(50_000_000)), b" deflate"),
    "without a frame": coded(deflated(bytes(50_000_000)), b" deflate"),
    "inside another": coded(gzipped(BOMB), b" gzip, gzip"),
    "in many members": coded(gzipped(bytes(MAXIMUM_ANSWER)) * 90, b" gzip"),
    "one byte too much": coded(gzipped(bytes(MAXIMUM_ANSWER + 1)), b" gzip"),
    "in the transfer": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked(BOMB),
}


@pytest.mark.parametrize("raw", DECODED.values(), ids=DECODED.keys())
def test_a_coded_answer_is_the_answer(scripted: Scripted, raw: bytes) -> None:
    scripted.raw = raw
    assert call(scripted.server.url).body == GOOD


@pytest.mark.parametrize("raw", UNDECODABLE.values(), ids=UNDECODABLE.keys())
def test_what_cannot_be_decoded_says_so(scripted: Scripted, raw: bytes) -> None:
    scripted.raw = raw
    assert outcome(scripted.server.url) == "lost answer_coding"


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS.keys())
def test_the_bound_holds_after_decoding(scripted: Scripted, raw: bytes) -> None:
    scripted.raw = raw
    tracemalloc.start()
    ended = outcome(scripted.server.url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ended == "lost answer_too_large"
    assert peak < 8 * MAXIMUM_ANSWER


def test_the_largest_answer_is_taken_after_decoding(scripted: Scripted) -> None:
    body = GOOD.ljust(MAXIMUM_ANSWER)
    scripted.raw = coded(gzipped(body), b" gzip")
    assert call(scripted.server.url).body == body


def test_nothing_decodes_to_nothing(scripted: Scripted) -> None:
    scripted.raw = coded(b"", b" gzip")
    assert call(scripted.server.url).body == b""
