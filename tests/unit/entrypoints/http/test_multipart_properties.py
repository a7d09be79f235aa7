"""Whatever a body holds: a form or a problem; and what the form holds is what was sent."""

from hypothesis import assume, given
from hypothesis import strategies as st

from liveness_gateway.entrypoints.http.multipart import read_form
from liveness_gateway.problems import ProblemError
from tests.bodies import Body, Part, encode, form
from tests.images import drawn

JPEG = drawn("JPEG", 64, 48)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1)
BOUNDARIES = TOKENS.filter(lambda boundary: len(boundary) <= 70)
# Made of what delimiters are made of, so that many come close to one.
CONTENTS = st.lists(
    st.sampled_from([b"\r", b"\n", b"-", b"--", b"b", b"\r\n--b", b"\0", b"\xff"]) | st.binary()
).map(b"".join)


def refused(given_body: Body) -> str | None:
    """The code of the problem, or None where the form was read; anything else fails the test."""
    try:
        found = read_form(given_body.content_type, given_body.content)
    except ProblemError as problem:
        return problem.code
    assert found.selfie in given_body.content
    assert (found.threshold or b"") in given_body.content
    assert (found.subject_ref or b"") in given_body.content
    return None


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


@given(st.text(), st.binary())
def test_any_content_type_and_any_bytes(content_type: str, content: bytes) -> None:
    refused(Body(content_type, content))


@given(st.text(max_size=200))
def test_any_content_type_over_a_whole_body(content_type: str) -> None:
    whole = form("curl", JPEG)
    refused(Body(content_type, whole.content))
    refused(Body(f"{whole.content_type}; {content_type}", whole.content))


@given(st.binary(max_size=300))
def test_any_header_of_a_part(header: bytes) -> None:
    whole = form("curl", JPEG)
    first, end_of_line, rest = whole.content.partition(b"\r\n")
    refused(Body(whole.content_type, first + end_of_line + header + b"\r\n" + rest))
    refused(Body(whole.content_type, first + end_of_line + header + b"\r\n\r\n" + rest))
