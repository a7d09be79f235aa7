"""The form is read strictly: whole bodies in every client's handwriting, nothing ambiguous."""

import pytest

from liveness_gateway.entrypoints.http.multipart import read_form
from liveness_gateway.problems import ProblemError
from tests.bodies import CLIENTS, Body, Part, encode, form
from tests.images import drawn

JPEG, PNG = drawn("JPEG"), drawn("PNG")
BOUNDARY = "the-boundary"
SELFIE = 'Content-Disposition: form-data; name="selfie"; filename="selfie.jpg"'
THRESHOLD = 'Content-Disposition: form-data; name="threshold"'


def body(*parts: Part, boundary: str = BOUNDARY) -> Body:
    return Body(f"multipart/form-data; boundary={boundary}", encode(boundary, *parts))


def selfie_under(*headers: str, charset: str = "utf-8") -> Body:
    return body(Part(headers, JPEG, charset))


def read(given: Body) -> tuple[bytes, bytes | None, bytes | None]:
    found = read_form(given.content_type, given.content)
    return found.selfie, found.threshold, found.subject_ref


def refusal(given: Body) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        read(given)
    return caught.value


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("selfie", [JPEG, PNG, b"\r\n", b"", b"--", b"\0" * 9], ids=range(6))
def test_every_client_is_understood(client: str, selfie: bytes) -> None:
    assert read(form(client, selfie)) == (selfie, b"0.6", None)
    given = form(client, selfie, threshold="0.7", subject_ref="abc")
    assert read(given) == (selfie, b"0.7", b"abc")
    assert read(form(client, selfie, threshold=None)) == (selfie, None, None)


FILE_NAMES = {
    "plain": "selfie.jpg",
    "none": "",
    "spaces": "my  selfie .jpg",
    "umlaut and emoji": "Grüße 🤳.jpg",
    "path": "C:\\Users\\me\\selfie.jpg",
    "ends in a backslash": "selfie\\",
    "percent": "100%22%0D%0A.jpg",
    "semicolon": "a;b=c.jpg",
    "single quotes": "it's.jpg",
    "other parameters": "x; filename=y; size=9",
    "another type": "selfie.exe",
    "long": "x" * 4000,
    "the boundary": f"--{BOUNDARY}",
}


@pytest.mark.parametrize("file_name", FILE_NAMES.values(), ids=FILE_NAMES.keys())
@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-16-le"])
def test_a_file_name_is_never_looked_at(file_name: str, charset: str) -> None:
    spelt = file_name.encode(charset, "replace")
    header = b'Content-Disposition: form-data; name="selfie"; filename="' + spelt + b'"'
    content = b"--the-boundary\r\n" + header + b"\r\n\r\n" + JPEG + b"\r\n--the-boundary--\r\n"
    given = Body(f"multipart/form-data; boundary={BOUNDARY}", content)
    assert read(given) == (JPEG, None, None)


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="selfie"; filename="s.jpg"; filename*=UTF-8\'\'%F0%9F%A4%B3.jpg',
        "form-data; name=selfie; filename*=UTF-8''s.jpg",
        "form-data; filename=s.jpg; name=selfie",
        'form-data; name="selfie"',
        'form-data;name="selfie";filename="s.jpg"',
        'form-data ;  name = "selfie" ; filename = "s.jpg"',
        'FORM-DATA; NAME="selfie"; FileName="s.jpg"',
        'form-data; name="selfie"; filename="a"; filename="b"',
        'form-data; name="selfie"; filename="say \\"cheese\\".jpg"',
        'form-data; name="selfie"; filename="\\\\"',
        'form-data; name="selfie"; x="; name=\\"threshold\\""',
        'form-data; name="selfie"; filename="; name=threshold"',
        'form-data; name="selfie"; name="selfie"',
        "form-data; name=selfie; NAME=selfie",
    ],
)
def test_ways_to_write_one_name(disposition: str) -> None:
    for field in ("Content-Disposition", "content-disposition", "CONTENT-DISPOSITION"):
        assert read(selfie_under(f"{field}: {disposition}")) == (JPEG, None, None)


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="threshold"; filename="x.jpg"; name="selfie"',
        'form-data; name="selfie"; name="threshold"',
        # A file called `x"; name="selfie`, as clients write it that do not escape quotes:
        'form-data; name="threshold"; filename="x"; name="selfie"',
        'form-data; name="selfie"; filename=""; name="threshold"; x=""',
    ],
)
def test_a_part_with_two_names_is_refused(disposition: str) -> None:
    problem = refusal(selfie_under(f"Content-Disposition: {disposition}"))
    assert problem.code == "malformed_request"
    assert problem.detail == "A part of the form has more than one name."


@pytest.mark.parametrize("encoding", ["base64", "BASE64 ", "quoted-printable"])
def test_an_encoded_part_is_refused_by_the_name_of_its_encoding(encoding: str) -> None:
    problem = refusal(selfie_under(SELFIE, f"Content-Transfer-Encoding: {encoding}"))
    assert problem.code == "unsupported_media"
    assert encoding.strip().lower() in problem.detail


@pytest.mark.parametrize("encoding", ["binary", "8bit", "7bit", "", "identity", "x-own"])
def test_a_part_that_says_it_is_not_encoded_is_taken(encoding: str) -> None:
    assert read(selfie_under(SELFIE, f"content-transfer-encoding: {encoding}"))[0] == JPEG


def test_a_part_with_two_dispositions_is_refused() -> None:
    for first in (THRESHOLD, SELFIE, "Content-Disposition: form-data"):
        assert refusal(selfie_under(first, SELFIE)).code == "malformed_request"


@pytest.mark.parametrize(
    "declared",
    ["image/jpeg", "image/png", "text/plain", "application/octet-stream", "", "nonsense"],
)
def test_a_declared_type_is_never_looked_at(declared: str) -> None:
    assert read(selfie_under(SELFIE, f"Content-Type: {declared}"))[0] == JPEG


@pytest.mark.parametrize("name", ["selfie", "threshold", "subject_ref"])
@pytest.mark.parametrize("same", [True, False])
def test_a_field_that_is_there_twice_is_refused(name: str, *, same: bool) -> None:
    part = Part((f'Content-Disposition: form-data; name="{name}"',), b"1")
    again = part if same else Part(part.headers, b"2")
    between = Part(('Content-Disposition: form-data; name="other"',), b"")
    problem = refusal(body(Part((SELFIE,), JPEG), part, between, again))
    assert problem.code == "malformed_request"
    assert problem.detail == f"`{name}` is there more than once."


def test_other_fields_are_ignored_even_twice() -> None:
    other = Part(('Content-Disposition: form-data; name="other"',), b"x" * 100_000)
    nameless = Part(('Content-Disposition: form-data; name=""',), b"x")
    capital = Part(('Content-Disposition: form-data; name="Threshold"',), b"0.9")
    given = body(other, nameless, capital, Part((SELFIE,), JPEG), other, nameless)
    assert read(given) == (JPEG, None, None)


@pytest.mark.parametrize("name", ["Selfie", "selfie ", " selfie", "selfie[]", "sel", "s\u00e9lfie"])
def test_a_form_without_the_selfie_is_refused(name: str) -> None:
    problem = refusal(selfie_under(f'Content-Disposition: form-data; name="{name}"'))
    assert problem.code == "malformed_request"
    assert problem.detail == "There is no `selfie` part in the form."


@pytest.mark.parametrize("name", ["threshold", "subject_ref"])
def test_a_text_may_have_a_thousand_bytes(name: str) -> None:
    def with_text(length: int) -> Body:
        text = Part((f'Content-Disposition: form-data; name="{name}"',), b"1" * length)
        return body(Part((SELFIE,), JPEG), text)

    assert b"1" * 1024 in read(with_text(1024))
    problem = refusal(with_text(1025))
    assert problem.code == "malformed_request"
    assert problem.detail == f"`{name}` is longer than 1024 bytes."


def test_sixteen_kibibytes_of_headers_are_taken_and_one_byte_more_is_not() -> None:
    room = 16 * 1024 - len(SELFIE.replace(": ", "", 1)) - 2 * len("X-Long")

    def with_headers(one: int, other: int) -> Body:
        return selfie_under(SELFIE, "X-Long: " + "x" * one, "X-Long: " + "y" * other)

    assert read(with_headers(room // 2, room - room // 2))[0] == JPEG
    problem = refusal(with_headers(room // 2, room - room // 2 + 1))
    assert problem.code == "too_large"
    assert "16384 bytes of headers" in problem.detail


def test_a_selfie_is_not_shown_by_the_form_that_holds_it() -> None:
    found = read_form("multipart/form-data; boundary=b", encode("b", Part((SELFIE,), b"canary")))
    assert "canary" not in repr(found)
