"""The fingerprint tells contents apart, and only who has the key can make one."""

import json
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness_gateway.adapters.secrets import HmacFingerprints, Secret, SecretsManager
from liveness_gateway.verifications.ports import CredentialsUnavailableError
from tests.adapters.aws_endpoint import SERVER_ERROR, AwsEndpoint
from tests.doubles.clock import ManualClock
from tests.samples import selfie

CONTENTS = st.tuples(
    st.binary(max_size=12),
    st.sampled_from([Decimal("0.6"), Decimal("0.60"), Decimal(0), Decimal(1), Decimal("1.0")]),
    st.none() | st.text(max_size=4),
)


@pytest.fixture
def prints(aws: AwsEndpoint) -> HmacFingerprints:
    return made(aws, "k" * 64)


def made(aws: AwsEndpoint, key: str) -> HmacFingerprints:
    client = aws.client("secretsmanager")
    arn = client.create_secret(Name=uuid.uuid4().hex, SecretString=key)["ARN"]
    return HmacFingerprints(SecretsManager(client, arn, ManualClock()))


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


def test_no_subject_is_not_the_empty_one(prints: HmacFingerprints) -> None:
    none, empty = (prints.of(selfie(), Decimal(1), one) for one in (None, ""))
    assert none != empty


def test_where_one_part_ends_makes_a_difference() -> None:
    assert OURS.of(selfie(b"ab"), Decimal(0), "c") != OURS.of(selfie(b"a"), Decimal(0), "bc")


def test_long_thresholds_are_told_apart() -> None:
    long = Decimal("0." + "9" * 32)
    assert OURS.of(selfie(), long, None) != OURS.of(selfie(), Decimal(1), None)


@given(CONTENTS)
def test_another_key_makes_another_fingerprint(one: tuple[bytes, Decimal, str | None]) -> None:
    assert OURS.of(selfie(one[0]), *one[1:]) != THEIRS.of(selfie(one[0]), *one[1:])


def test_the_key_is_read_once(aws: AwsEndpoint, prints: HmacFingerprints) -> None:
    for _ in range(3):
        prints.of(selfie(), Decimal(1), None)
    assert aws.calls.count("GetSecretValue") == 1


def test_without_a_key_there_is_no_fingerprint(aws: AwsEndpoint, prints: HmacFingerprints) -> None:
    aws.fail("GetSecretValue", SERVER_ERROR)
    with pytest.raises(CredentialsUnavailableError):
        prints.of(selfie(), Decimal(1), None)


@pytest.mark.parametrize("key", ["k", "k" * 31, json.dumps({})])
def test_a_short_key_is_none(aws: AwsEndpoint, key: str) -> None:
    with pytest.raises(CredentialsUnavailableError):
        made(aws, key).of(selfie(), Decimal(1), None)


def test_32_characters_are_a_key(aws: AwsEndpoint) -> None:
    assert len(made(aws, "k" * 32).of(selfie(), Decimal(1), None)) == 64
