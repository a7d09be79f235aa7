"""Where a form starts and ends (R5): delimiters, line ends, truncation, and the Content-Type."""

import time
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liveness_gateway.entrypoints.http.multipart import read_form
from liveness_gateway.problems import ProblemError
from tests.bodies import CLIENTS, Part, encode, form
from tests.images import drawn

JPEG = drawn("JPEG", 16, 12)
KIND = "multipart/form-data; boundary=the-boundary"
HEADER = b'Content-Disposition: form-data; name="selfie"; filename="selfie.jpg"\r\n'
SELFIE = Part((HEADER.decode().strip(),), JPEG)
WHOLE = encode("the-boundary", SELFIE)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1)
BOUNDARIES = TOKENS.filter(lambda boundary: len(boundary) <= 70)
# Made of what delimiters are made of, so that many come close to one.
CONTENTS = st.lists(
    st.sampled_from([b"\r", b"\n", b"-", b"--", b"b", b"\r\n--b", b"\0", b"\xff"]) | st.binary()
).map(b"".join)


def code(content: bytes, kind: str | None = KIND) -> str:
    with pytest.raises(ProblemError) as caught:
        read_form(kind, content)
    return caught.value.code


@pytest.mark.parametrize("client", CLIENTS)
def test_a_body_cut_anywhere_before_its_end_is_refused(client: str) -> None:
    given = form(client, JPEG, subject_ref="abc")
    assert given.content.endswith(b"--\r\n")
    for length in range(len(given.content) - 2):
        assert code(given.content[:length], given.content_type) == "malformed_request"


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_the_line_end_after_the_closing_delimiter_may_be_missing(cut: int) -> None:
    assert read_form(KIND, WHOLE[: len(WHOLE) - cut]).selfie == JPEG


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"the-boundary", id="no dashes"),
        pytest.param(WHOLE.replace(b"\r\n", b"\n"), id="line feeds"),
        pytest.param(WHOLE.replace(b"\r\n", b"\r"), id="carriage returns"),
        pytest.param(WHOLE.replace(b"\r\n", b"\n", 1), id="first line"),
        pytest.param(WHOLE.replace(b"\r\n\r\n", b"\r\n\n"), id="empty line"),
        pytest.param(WHOLE.replace(b"the-boundary", b"THE-BOUNDARY"), id="another case"),
        pytest.param(WHOLE.replace(b"the-boundary--", b"the-boundary"), id="not closing"),
        pytest.param(WHOLE.replace(b"the-boundary--", b"the-boundary-"), id="half closing"),
        pytest.param(WHOLE.replace(b"--the-boundary\r", b"--the-boundary \r"), id="padding"),
        pytest.param(WHOLE.replace(b"--the-boundary\r", b"--the-boundaryx\r"), id="junk after"),
        pytest.param(b"x" + WHOLE, id="junk before"),
        pytest.param(b"preamble\n" + WHOLE, id="preamble without its line end"),
        pytest.param(WHOLE[2:], id="first dashes missing"),
        pytest.param(WHOLE.replace(HEADER, b""), id="no header"),
        pytest.param(WHOLE.replace(b": form", b" form"), id="no colon"),
        pytest.param(WHOLE.replace(b"Content-D", b"Content D"), id="a space in the name"),
        pytest.param(WHOLE.replace(b"Content-D", b" Content-D"), id="continuation first"),
        pytest.param(WHOLE.replace(b"; file", b";\r\n file"), id="folded header"),
        pytest.param(WHOLE.replace(b"form-data", b"attachment"), id="attachment"),
        pytest.param(WHOLE.replace(b'name="selfie"; ', b""), id="no name"),
        pytest.param(WHOLE.replace(b'selfie";', b"selfie;"), id="half a quote"),
        pytest.param(WHOLE.replace(HEADER, b"Content-Type: image/jpeg\r\n"), id="no disposition"),
        pytest.param(WHOLE.replace(HEADER, HEADER + b"Content-Length: 3\r\n"), id="wrong length"),
        pytest.param(WHOLE.replace(HEADER, HEADER + b"Content-Length: +9\r\n"), id="no length"),
        pytest.param(
            WHOLE.replace(HEADER, HEADER + b"Content-Length: " + b"9" * 5_000 + b"\r\n"),
            id="a length of 5,000 digits",
        ),
    ],
)
def test_a_broken_body_is_refused(content: bytes) -> None:
    assert code(content) == "malformed_request"


@given(CONTENTS, BOUNDARIES, st.binary(max_size=40))
def test_the_selfie_comes_out_as_it_went_in(content: bytes, boundary: str, text: bytes) -> None:
    delimiter = b"\r\n--" + boundary.encode()
    assume(delimiter not in b"\r\n" + content + b"\r\n")
    assume(delimiter not in b"\r\n" + text + b"\r\n")
    selfie = Part(('Content-Disposition: form-data; name="selfie"',), content)
    threshold = Part(('Content-Disposition: form-data; name="threshold"',), text)
    for parts in ((selfie, threshold), (threshold, selfie)):
        found = read_form(f"multipart/form-data; boundary={boundary}", encode(boundary, *parts))
        assert (found.selfie, found.threshold) == (content, text)


def test_what_stands_before_and_after_the_form_is_ignored() -> None:
    other = encode("the-boundary", Part(SELFIE.headers, b"another selfie"))
    assert read_form(KIND, b"A preamble.\r\n" + WHOLE).selfie == JPEG
    assert read_form(KIND, b"\r\n" + WHOLE).selfie == JPEG
    assert read_form(KIND, WHOLE + b"An epilogue." + other).selfie == JPEG


@pytest.mark.parametrize(
    "inside",
    [
        b"the-boundary", b"--the-boundary", b"--the-boundary--", b"\n--the-boundary\n",
        b"\r--the-boundary--", b"\r\n--the-boundar", b"\r\n-the-boundary", b"\r\n--", b"\r\n\r\n",
        b'x--the-boundary\r\nContent-Disposition: form-data; name="threshold"\r\n\r\n0.9',
    ],
)  # fmt: skip
def test_the_selfie_may_hold_the_boundary_as_long_as_it_is_no_delimiter(inside: bytes) -> None:
    for content in (inside, JPEG + inside, inside + JPEG, JPEG + inside + JPEG):
        found = read_form(KIND, encode("the-boundary", Part(SELFIE.headers, content)))
        assert (found.selfie, found.threshold) == (content, None)


@pytest.mark.parametrize("after", [b"x", b" \r\n", b"-x", b"\n", b"\rx", b"\0"])
def test_a_delimiter_inside_the_selfie_is_refused_and_not_guessed_at(after: bytes) -> None:
    content = JPEG + b"\r\n--the-boundary" + after + JPEG
    assert code(encode("the-boundary", Part(SELFIE.headers, content))) == "malformed_request"


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=the-boundary",
        "multipart/form-data;boundary=the-boundary",
        'multipart/form-data; boundary="the-boundary"',
        "Multipart/Form-Data; Boundary=the-boundary",
        "multipart/form-data; charset=utf-8; boundary=the-boundary",
        "multipart/form-data; boundary=the-boundary; charset=utf-8",
        "multipart/form-data; boundary=the-boundary; Boundary=the-boundary",
        " multipart/form-data ; boundary = the-boundary ",
    ],
)
def test_ways_to_write_the_content_type(kind: str) -> None:
    assert read_form(kind, WHOLE).selfie == JPEG


@pytest.mark.parametrize(
    "kind",
    [
        None, "", ";", "=", "boundary=the-boundary", "multipart/mixed; boundary=the-boundary",
        "application/json", "image/jpeg", "application/x-www-form-urlencoded", "form-data",
        "multipart/form-data2; boundary=the-boundary", "x multipart/form-data; boundary=x",
    ],
)  # fmt: skip
def test_another_content_type_is_not_taken(kind: str | None) -> None:
    assert code(WHOLE, kind) == "unsupported_media"


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data", "multipart/form-data;", "multipart/form-data; boundary",
        "multipart/form-data; boundary=", 'multipart/form-data; boundary=""',
        "multipart/form-data, boundary=the-boundary;", "multipart/form-data; b=the-boundary",
        'multipart/form-data; boundary="\u00fc"',
        'multipart/form-data; boundary="a\tb"', 'multipart/form-data; boundary="a\r\nb"',
        'multipart/form-data; boundary="a\0b"', 'multipart/form-data; boundary="the-boundary',
        "multipart/form-data; boundary=the-boundary; boundary=other",
        "multipart/form-data; boundary=other; boundary=the-boundary",
    ],
)  # fmt: skip
def test_a_content_type_without_one_usable_boundary_is_refused(kind: str) -> None:
    assert code(WHOLE, kind) in {"malformed_request", "unsupported_media"}


def test_a_missing_boundary_gets_the_advice_that_helps() -> None:
    with pytest.raises(ProblemError, match="Do not set this header yourself") as caught:
        read_form("multipart/form-data", WHOLE)
    assert caught.value.code == "malformed_request"


@pytest.mark.parametrize("boundary", ["x" * 71, "x" * 5_000])
def test_a_boundary_is_at_most_70_long(boundary: str) -> None:
    content = encode(boundary, SELFIE)
    assert code(content, f"multipart/form-data; boundary={boundary}") == "malformed_request"


@pytest.mark.parametrize("boundary", ["x", "x" * 70, "a b", "'()+_,-./:=?", "0"])
def test_boundaries_rfc_2046_allows(boundary: str) -> None:
    kind = f'multipart/form-data; boundary="{boundary}"'
    assert read_form(kind, encode(boundary, SELFIE)).selfie == JPEG


@pytest.mark.no_cover  # it measures the processor's time, and tracing takes most of that
@pytest.mark.parametrize("unit", ['; a="', '; a="\\"', "; a=b", '"'])
def test_no_header_takes_long_to_read(unit: str) -> None:
    header = 'Content-Disposition: form-data; name="x"' + unit * (16_000 // len(unit))
    slow = encode("the-boundary", *[Part((header[: 16 * 1024],), b"")] * 99, SELFIE)
    started = time.process_time()
    with suppress(ProblemError):
        read_form(KIND, slow)
    # R10; a hundred parts with 16 KiB of headers each are the most there can be.
    assert time.process_time() - started < 5
