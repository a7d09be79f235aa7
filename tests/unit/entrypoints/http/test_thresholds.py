"""The threshold (R2): a plain ASCII decimal from 0 to 1; nothing is guessed, rounded or clamped."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.entrypoints.http.requests import verification_request
from liveness_gateway.problems import ProblemError
from liveness_gateway.verifications.model import decimal_text
from tests.bodies import Body, form, proxied
from tests.images import drawn

WHOLE = form("curl", drawn("JPEG"), threshold="THRESHOLD")


def threshold(text: bytes) -> Decimal | None:
    sent = Body(WHOLE.content_type, WHOLE.content.replace(b"THRESHOLD", text))
    return verification_request(proxied(sent), "c", 1).threshold


def refused(text: bytes) -> bool:
    try:
        threshold(text)
    except ProblemError as problem:
        return problem.code == "invalid_threshold"
    return False


@pytest.mark.parametrize(
    ("text", "forwarded"),
    [
        (b"0", "0"), (b"1", "1"), (b"0.6", "0.6"), (b"0.60", "0.6"), (b".5", "0.5"), (b"1.", "1"),
        (b"0.", "0"), (b"1.0", "1"), (b"1." + b"0" * 32, "1"), (b"00.5", "0.5"), (b"0001", "1"),
        (b"0000.5", "0.5"), (b"0.30000000000000004", "0.30000000000000004"),
        (b"0.12345678901234567890123456789012", "0.12345678901234567890123456789012"),
        (b"0000." + b"0" * 31 + b"1", "0." + "0" * 31 + "1"),
    ],
)  # fmt: skip
def test_what_is_taken_keeps_its_value(text: bytes, forwarded: str) -> None:
    found = threshold(text)
    assert found == Decimal(text.decode())
    assert decimal_text(found) == forwarded


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b".", b"..", b"0.5.", b"0..5", b"0,6", b"60%", b"0.6f", b"zero", b"null",
        b" 0.6", b"0.6 ", b"0.6\n", b"\n0.6", b"0.6\r\n", b"\t0.6", b"0 .6", b"0.6\0", b"\0",
        b"+0.6", b"-0.6", b"-0", b"-0.0", b"+1", b"--1",
        b"1e0", b"6e-1", b"6E-1", b"0.6e0", b"1e-400", b"1e400", b"0x1", b"0b1", b"1_0", b"0_.6",
        b"NaN", b"nan", b"sNaN", b"Infinity", b"-Infinity", b"inf", b"1.#INF",
        b"1.0000000001", b"1.00000000000000000000000000000001", b"1.1", b"2", b"10", b"9999",
        b"00001", b"0" * 33, b"9" * 1000, b"0." + b"1" * 33, b"." + b"1" * 33, b"0." + b"0" * 1000,
        "\u0660.\u0666".encode(), "0.\u0666".encode(), "\uff10.\uff16".encode(), "\u00bd".encode(),
        "0\u066b6".encode(), "\U0001d7ce".encode(), "0.6\u200b".encode(), "\ufeff0.6".encode(),
        "0.6".encode("utf-16"), b"\xff", b"0.6\xa0", b'"0.6"', b"[0.6]", b"0.6;0.9", b"0.6,0.9",
    ],
)  # fmt: skip
def test_what_is_no_threshold_is_refused(text: bytes) -> None:
    assert refused(text)


@given(st.decimals(0, 1, places=17))
def test_every_decimal_from_0_to_1_is_taken_as_it_is(number: Decimal) -> None:
    assert threshold(f"{number:f}".encode()) == number


@given(st.floats(0, 1).filter(lambda number: number == 0 or number > 1e-4))
def test_every_float_as_programs_print_it_is_taken(number: float) -> None:
    assert threshold(repr(number).encode()) == Decimal(repr(number))


@given(st.binary(max_size=40).filter(lambda text: b"\r\n--" not in text))
def test_any_bytes_are_a_number_from_0_to_1_or_refused(text: bytes) -> None:
    if not refused(text):
        found = threshold(text)
        assert found is not None
        assert 0 <= found <= 1
        assert set(text) <= set(b"0123456789.")
