"""The fingerprint tells contents apart, and only who has the key can make one."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.adapters.secrets import HmacFingerprints, Secret, SecretsManager
from liveness_gateway.verifications.ports import CredentialsUnavailableError
from tests.samples import selfie

CONTENTS = st.tuples(
    st.binary(max_size=12),
    st.sampled_from([Decimal("0.6"), Decimal("0.60"), Decimal(0), Decimal(1), Decimal("1.0")]),
    st.none() | st.text(max_size=4),
)


class Known(SecretsManager):
    """A secret that was read before."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get(self) -> Secret:
        return Secret(self._text, "v1")


OURS = HmacFingerprints(Known("k" * 64))
THEIRS = HmacFingerprints(Known("l" * 64))


@given(CONTENTS, CONTENTS)
def test_equal_contents_and_only_they_have_equal_fingerprints(
    one: tuple[bytes, Decimal, str | None], other: tuple[bytes, Decimal, str | None]
) -> None:
    first = OURS.of(selfie(one[0]), one[1], one[2])
    second = OURS.of(selfie(other[0]), other[1], other[2])
    assert (first == second) == (one == other)


def test_where_one_part_ends_makes_a_difference() -> None:
    assert OURS.of(selfie(b"ab"), Decimal(0), "c") != OURS.of(selfie(b"a"), Decimal(0), "bc")


def test_long_thresholds_are_told_apart() -> None:
    long = Decimal("0." + "9" * 32)
    assert OURS.of(selfie(), long, None) != OURS.of(selfie(), Decimal(1), None)


@given(CONTENTS)
def test_another_key_makes_another_fingerprint(one: tuple[bytes, Decimal, str | None]) -> None:
    assert OURS.of(selfie(one[0]), *one[1:]) != THEIRS.of(selfie(one[0]), *one[1:])


def test_no_subject_is_not_the_empty_one() -> None:
    assert OURS.of(selfie(), Decimal(1), None) != OURS.of(selfie(), Decimal(1), "")


def test_a_key_has_at_least_32_characters() -> None:
    assert len(HmacFingerprints(Known("k" * 32)).of(selfie(), Decimal(1), None)) == 64
    with pytest.raises(CredentialsUnavailableError):
        HmacFingerprints(Known("k" * 31)).of(selfie(), Decimal(1), None)


NAMES = st.tuples(st.text(max_size=6), st.sampled_from(["key", "event"]), st.text(max_size=6))


@given(NAMES, NAMES)
def test_two_requests_share_an_id_only_if_client_kind_and_name_are_the_same(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    first, second = OURS.verification_id(*one), OURS.verification_id(*other)
    assert (first == second) == (one == other)
    assert re.fullmatch("[0-9a-f]{32}", first)


def test_each_part_of_the_name_of_a_request_counts() -> None:
    ids = {
        OURS.verification_id(*name)
        for name in (
            ("client", "key", "k"), ("other", "key", "k"), ("client", "event", "k"),
            ("client", "key", "l"), ("clientk", "ey", "k"), ("client\nkey", "", "k"),
        )
    }  # fmt: skip
    assert len(ids) == 6


def test_nobody_without_the_secret_can_compute_an_id() -> None:
    assert OURS.verification_id("c", "key", "k") != THEIRS.verification_id("c", "key", "k")
