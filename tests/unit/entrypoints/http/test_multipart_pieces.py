"""A form that arrives in pieces: the same as the whole one, or left to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.entrypoints.http.multipart import Form, read_form, read_form_in_pieces
from liveness_gateway.entrypoints.http.requests import verification_request
from liveness_gateway.problems import ProblemError
from tests.bodies import CLIENTS, Body, form, mutate, proxied, seeded
from tests.images import drawn

JPEG = drawn("JPEG", 16, 12)
LONG = JPEG + b"\0" * 300_000


def in_pieces(given: Body, size: int) -> Form | None:
    """Read it in pieces of this size; the last one is longer."""
    content = given.content
    last = max(len(content) - 2 * size, 0)
    pieces = [content[start : min(start + size, last)] for start in range(0, last, size)]
    return read_form_in_pieces(given.content_type, [*pieces, content[last:]], len(content))


def whole(given: Body) -> Form | None:
    try:
        return read_form(given.content_type, given.content)
    except ProblemError:
        return None


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("size", [4, 5, 6, 7, 64, 200, 1000])
def test_a_good_form_is_read_wherever_it_is_cut(client: str, size: int) -> None:
    given = form(client, JPEG, subject_ref="Zoë")
    assert in_pieces(given, size) == whole(given)


@given(seed=st.integers(), client=st.sampled_from(list(CLIENTS)), size=st.integers(1, 400))
def test_a_broken_form_is_never_read_otherwise_than_the_whole(
    seed: int, client: str, size: int
) -> None:
    random = seeded("pieces", seed)
    broken = mutate(form(client, JPEG, subject_ref="abc"), random)
    assert in_pieces(broken, size) in (None, whole(broken))


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"A preamble.\r\n" * 9, b""), (b"", b"An epilogue. " * 9), (b"\r\n", b"\r\n" * 99)],
)
def test_what_only_the_whole_tells_is_left_to_it(before: bytes, after: bytes) -> None:
    good = form("curl", JPEG)
    given = Body(good.content_type, before + good.content + after)
    assert in_pieces(given, 20) in (None, whole(given))
    assert verification_request(proxied(given), "id", 1.0).selfie.content == JPEG


@pytest.mark.parametrize(
    ("before", "after"), [(b"p" * 200_000 + b"\r\n", b""), (b"", b"e" * 200_000)]
)
def test_a_long_preamble_or_epilogue_is_no_reason_to_refuse(before: bytes, after: bytes) -> None:
    good = form("requests", LONG)
    given = Body(good.content_type, before + good.content + after)
    assert verification_request(proxied(given), "id", 1.0).selfie.content == LONG


# 87,380 characters are decoded at once.
@pytest.mark.parametrize("place", [0, 87_378, 87_379, 87_380, 174_759, 200_000, 300_000])
@pytest.mark.parametrize("character", ["=", "!", "é", "\n", ""])
def test_base64_that_is_broken_anywhere_is_refused(place: int, character: str) -> None:
    event = proxied(form("curl", LONG))
    body = event["body"]
    event["body"] = body[:place] + character + body[place:][1:]
    with pytest.raises(ProblemError, match="did not arrive whole") as caught:
        verification_request(event, "id", 1.0)
    assert caught.value.code == "malformed_request"


def test_a_selfie_takes_its_own_room_and_no_more() -> None:
    found = in_pieces(form("curl", LONG), 65_535)
    assert found
    assert found.selfie == LONG
    assert type(found.selfie) is bytes
