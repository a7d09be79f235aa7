"""Broken answers on a real socket: read as what they are, or lost, and never anything else.

2,000 of them, or 20,000 with SOAK=1.
"""

import json
from typing import Final

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveness_gateway.adapters.upstream.replies import (
    MAXIMUM_ANSWER,
    MAXIMUM_REFUSAL,
    AnswerLostError,
    NotSentError,
    Reply,
)
from tests.adapters.outgoing import OK, Scripted, call, gzipped, zlibbed
from tests.adapters.upstream.test_outgoing_answers import EVERYTHING
from tests.adapters.upstream.test_outgoing_codings import DECODED
from tests.answers import GOOD
from tests.reliability.fuzz.bodies import amount

THOROUGH: Final = settings(
    max_examples=amount(10_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
GZIP: Final = b"Content-Encoding: gzip\r\n"
# Framing, body, framing, body, ...
Pieces = tuple[bytes, ...]


def sized(body: bytes, *lines: bytes) -> Pieces:
    return (OK + b"".join(lines) + b"Content-Length: %d\r\n\r\n" % len(body), body)


def in_chunks(*chunks: bytes, lines: bytes = b"") -> Pieces:
    pieces = [OK + lines + CHUNKED + b"\r\n%x\r\n" % len(chunks[0]), chunks[0]]
    for chunk in chunks[1:]:
        pieces += [b"\r\n%x;a=b\r\n" % len(chunk), chunk]
    return (*pieces, b"\r\n0\r\n\r\n")


WELL_FRAMED: Final[tuple[Pieces, ...]] = (
    sized(GOOD),
    sized(GOOD, b"Connection: close\r\n", b"X-Long: a\r\n b\r\n"),
    (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"\r\n", GOOD),
    in_chunks(GOOD),
    in_chunks(GOOD[:9], GOOD[9:]),
    sized(gzipped(GOOD), GZIP),
    sized(zlibbed(gzipped(GOOD)), b"Content-Encoding: gzip, deflate\r\n"),
    in_chunks(gzipped(GOOD)[:40], gzipped(GOOD)[40:], lines=GZIP),
    (OK + GZIP + b"\r\n", gzipped(GOOD)),
)
TOKENS: Final = (
    b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b":", b",", b";", b"0", b"1", b"9", b"f", b"-",
    b"Content-Length: 3\r\n", b"Content-Length: 9999\r\n", b"Transfer-Encoding: identity\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n", b"0\r\n\r\n", b"chunked, ",
    b"gzip, ", b"\xff", CHUNKED, GZIP,
)  # fmt: skip


@st.composite
def mutation(draw: st.DrawFn, data: bytes) -> bytes:
    """One place of it changed: bytes taken out, put in, said twice, or the rest cut off."""
    at = draw(st.integers(0, len(data)))
    to = min(len(data), at + draw(st.integers(0, 4)))
    put = draw(st.sampled_from(TOKENS) | st.binary(max_size=3) | st.just(data[:at]))
    rest = draw(st.sampled_from((data[to:], data[to:], data[to:], data[at:], b"")))
    return data[:at] + put + rest


@st.composite
def badly_framed(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A good answer of which everything but the body may be changed, and that body."""
    pieces = list(draw(st.sampled_from(WELL_FRAMED)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(range(0, len(pieces), 2)))
        pieces[place] = draw(mutation(pieces[place]))
    return b"".join(pieces), b"".join(pieces[1::2])


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A good answer of which anything may be changed."""
    data = draw(st.sampled_from((*EVERYTHING.values(), *DECODED.values())))
    for _ in range(draw(st.integers(1, 4))):
        data = draw(mutation(data))
    return data


def answered(scripted: Scripted, raw: bytes) -> Reply | None:
    """The reply, or None where the transport said that there is none, in its own words."""
    scripted.raw = raw
    try:
        return call(scripted.server.url)
    except (AnswerLostError, NotSentError) as fault:
        assert str(fault).isidentifier()  # noqa: PT017 - one of two good ends
        return None


def read_by_another(raw: bytes) -> bytes | None:
    """The body as h11 reads it; None where it refuses the answer, or the answer is not whole."""
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method="POST", target="/", headers=[("Host", "a")]))
    reader.receive_data(raw)
    reader.receive_data(b"")
    body = b""
    try:
        while not isinstance(event := reader.next_event(), h11.EndOfMessage):
            if not isinstance(event, (h11.InformationalResponse, h11.Response, h11.Data)):
                return None
            if isinstance(event, h11.Data):
                body += event.data
    except h11.RemoteProtocolError:
        return None
    return body


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        *((b"".join(pieces), b"".join(pieces[1::2])) for pieces in WELL_FRAMED),
        (b"".join(in_chunks(b"a", b"1", b"b")), b"a1b"),
        (b"".join(in_chunks(b"a", b"b"))[:-2], None),
        (OK + b"Content-Length: 3\r\n\r\nab", None),
        (b"nonsense\r\n\r\n", None),
    ],
)
def test_the_other_reader_reads_what_is_well_framed(raw: bytes, body: bytes | None) -> None:
    assert read_by_another(raw) == body


def is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(3_600)
def test_only_the_real_body_is_returned() -> None:
    """However it is framed: the whole of it, or a part of what was sent that is no JSON."""
    script = Scripted()

    @THOROUGH
    @given(sent=badly_framed())
    def judge(sent: tuple[bytes, bytes]) -> None:
        reply = answered(script, sent[0])
        if reply is None or reply.body == GOOD:
            return
        if reply.body == read_by_another(sent[0]):
            return  # a change of the framing has put a chunk of its own into the body
        assert any(reply.body in part for part in (*sent, GOOD))
        assert reply.body.strip() == GOOD or not is_json_object(reply.body)

    with script.server:
        judge()


@pytest.mark.no_cover  # much slower with it, and the other tests reach every line
@pytest.mark.timeout(3_600)
def test_nothing_that_is_sent_does_anything_else() -> None:
    script = Scripted()

    @THOROUGH
    @given(raw=broken() | st.binary(max_size=200).map(lambda tail: OK + tail))
    def judge(raw: bytes) -> None:
        reply = answered(script, raw)
        if reply is not None:
            success = 200 <= reply.status <= 299
            assert len(reply.body) <= (MAXIMUM_ANSWER if success else MAXIMUM_REFUSAL)
            assert 200 <= reply.status <= 999 or reply.status == 101

    with script.server:
        judge()
