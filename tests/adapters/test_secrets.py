"""Secrets: remembered, refreshed seldom, served through an outage, and never shown."""

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from liveness_gateway.adapters.secrets import SecretsManager, UpstreamCredentials
from liveness_gateway.verifications.ports import CredentialsUnavailableError
from tests.adapters.aws_endpoint import (
    CUT,
    DENIED,
    HANGS,
    IMPATIENT,
    SERVER_ERROR,
    THROTTLED,
    AwsEndpoint,
    Fault,
)
from tests.doubles.clock import ManualClock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

GOOD = json.dumps({"app_id": "our-id", "app_key": "our-key-canary"})
OTHER = json.dumps({"app_id": "our-id", "app_key": "new-key-canary"})
DAY = 24 * 3600.0


@pytest.fixture
def client(aws: AwsEndpoint) -> "SecretsManagerClient":
    secrets: SecretsManagerClient = aws.client("secretsmanager")
    return secrets


@pytest.fixture
def arn(aws: AwsEndpoint, client: "SecretsManagerClient") -> str:
    made = client.create_secret(Name=uuid.uuid4().hex, SecretString=GOOD)["ARN"]
    aws.recover()
    return made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def secret(client: "SecretsManagerClient", arn: str, clock: ManualClock) -> SecretsManager:
    return SecretsManager(client, arn, clock)


def reads(aws: AwsEndpoint) -> int:
    return aws.calls.count("GetSecretValue")


def test_it_is_read_once_and_remembered_for_five_minutes(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    assert reads(aws) == 0
    assert {secret.get().text for _ in range(3)} == {GOOD}
    clock.advance(299)
    secret.get()
    assert reads(aws) == 1
    clock.advance(1)
    secret.get()
    assert reads(aws) == 2


def test_a_rotated_secret_is_seen_after_five_minutes(
    client: "SecretsManagerClient", secret: SecretsManager, arn: str, clock: ManualClock
) -> None:
    first = secret.get()
    client.put_secret_value(SecretId=arn, SecretString=OTHER)
    assert secret.get() == first
    clock.advance(300)
    second = secret.get()
    assert second.text == OTHER
    assert second.version != first.version


def test_a_refresh_reads_at_once_but_once_in_thirty_seconds(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    first = secret.get()
    assert secret.refresh() == first
    assert secret.refresh() is None
    clock.advance(29.9)
    assert secret.refresh() is None
    assert reads(aws) == 2
    clock.advance(0.1)
    assert secret.refresh() == first
    assert reads(aws) == 3


def test_what_a_refresh_read_is_remembered(
    client: "SecretsManagerClient", secret: SecretsManager, arn: str
) -> None:
    secret.get()
    client.put_secret_value(SecretId=arn, SecretString=OTHER)
    secret.refresh()
    assert secret.get().text == OTHER


@pytest.mark.parametrize("fault", [SERVER_ERROR, DENIED, CUT, THROTTLED, Fault(503)])
def test_a_cold_cache_says_so_and_tries_again(
    aws: AwsEndpoint, secret: SecretsManager, fault: Fault
) -> None:
    aws.fail("GetSecretValue", fault)
    with pytest.raises(CredentialsUnavailableError):
        secret.get()
    assert secret.get().text == GOOD


def test_a_service_that_hangs_is_not_waited_for(
    aws: AwsEndpoint, arn: str, clock: ManualClock
) -> None:
    aws.fail("GetSecretValue", HANGS)
    with pytest.raises(CredentialsUnavailableError):
        SecretsManager(aws.client("secretsmanager", IMPATIENT), arn, clock).get()


def test_a_refresh_that_fails_gives_nothing_and_loses_nothing(
    aws: AwsEndpoint, secret: SecretsManager
) -> None:
    secret.get()
    aws.fail("GetSecretValue", SERVER_ERROR)
    assert secret.refresh() is None
    assert secret.get().text == GOOD


def test_a_warm_cache_serves_through_an_outage_of_a_day(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    secret.get()
    aws.fail_always("GetSecretValue", SERVER_ERROR)
    clock.advance(DAY)
    assert secret.get().text == GOOD
    clock.advance(31)
    with pytest.raises(CredentialsUnavailableError):
        secret.get()


def test_an_outage_is_felt_once_in_thirty_seconds(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    secret.get()
    clock.advance(300)
    aws.fail_always("GetSecretValue", SERVER_ERROR)
    for _ in range(10):
        secret.get()
    assert reads(aws) == 2
    clock.advance(30)
    secret.get()
    assert reads(aws) == 3


def test_a_day_old_secret_does_not_rest_in_an_outage(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    secret.get()
    aws.fail_always("GetSecretValue", SERVER_ERROR)
    clock.advance(DAY - 10)
    assert secret.get().text == GOOD
    clock.advance(11)
    with pytest.raises(CredentialsUnavailableError):
        secret.get()


def test_an_outage_that_ends_is_forgotten(
    aws: AwsEndpoint, secret: SecretsManager, clock: ManualClock
) -> None:
    secret.get()
    clock.advance(300)
    aws.fail("GetSecretValue", SERVER_ERROR)
    secret.get()
    clock.advance(30)
    secret.get()
    clock.advance(300)
    secret.get()
    assert reads(aws) == 4


def test_a_secret_of_bytes_is_no_secret(
    client: "SecretsManagerClient", arn: str, secret: SecretsManager
) -> None:
    client.put_secret_value(SecretId=arn, SecretBinary=b"\x00\x01")
    with pytest.raises(CredentialsUnavailableError):
        secret.get()


def test_an_emptied_secret_does_not_replace_the_remembered_one(
    client: "SecretsManagerClient",
    aws: AwsEndpoint,
    arn: str,
    secret: SecretsManager,
    clock: ManualClock,
) -> None:
    secret.get()
    client.put_secret_value(SecretId=arn, SecretBinary=b"\x00")
    clock.advance(300)
    assert [secret.get().text for _ in range(5)] == [GOOD] * 5
    assert reads(aws) == 2


def test_a_secret_nobody_filled_is_unavailable(
    client: "SecretsManagerClient", clock: ManualClock
) -> None:
    empty = client.create_secret(Name=uuid.uuid4().hex)["ARN"]
    with pytest.raises(CredentialsUnavailableError):
        SecretsManager(client, empty, clock).get()
    with pytest.raises(CredentialsUnavailableError):
        SecretsManager(client, empty + "gone", clock).get()


def test_the_credentials_are_read_from_it(secret: SecretsManager) -> None:
    found = UpstreamCredentials(secret).get()
    assert (found.app_id, found.app_key, found.version) == (
        "our-id",
        "our-key-canary",
        secret.get().version,
    )


MALFORMED = [
    "our-key-canary", "", " ", "null", "[]", '"text"', "5", "{}", '{"app_id": "a"}',
    '{"app_key": "canary"}', '{"app_id": "", "app_key": "canary"}',
    '{"app_id": "a", "app_key": ""}', '{"app_id": "a", "app_key": null}',
    '{"app_id": "a", "app_key": 5}', '{"app_id": "a", "app_key": ["canary"]}',
    '{"app_id": "a", "app_key": " canary"}', '{"app_id": "a", "app_key": "canary\\n"}',
    '{"app_id": "a", "app_key": "can\\r\\nary: x"}', '{"app_id": "a", "app_key": "canärý"}',
    '{"app_id": "a", "app_key": "\\ud800"}', '{"app_id": "a\\u0000", "app_key": "canary"}',
    "[" * 200_000, '{"app_id": "a", "app_key": "canary"', "NaN",
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_secret_gives_no_credentials(
    aws: AwsEndpoint, secret: SecretsManager, text: str
) -> None:
    answer = Fault(200, body=json.dumps({"SecretString": text, "VersionId": "v"}).encode())
    aws.fail("GetSecretValue", answer, answer)
    credentials = UpstreamCredentials(secret)
    with pytest.raises(CredentialsUnavailableError) as caught:
        credentials.get()
    assert "canary" not in str(caught.value)
    assert credentials.refresh() is None


def test_credentials_an_operator_has_mended_are_used_at_once(
    client: "SecretsManagerClient", arn: str, secret: SecretsManager, clock: ManualClock
) -> None:
    client.put_secret_value(SecretId=arn, SecretString="not JSON")
    credentials = UpstreamCredentials(secret)
    with pytest.raises(CredentialsUnavailableError):
        credentials.get()
    client.put_secret_value(SecretId=arn, SecretString=OTHER)
    with pytest.raises(CredentialsUnavailableError):
        credentials.get()
    clock.advance(30)
    assert credentials.get().app_key == "new-key-canary"


def test_credentials_refreshed_are_the_new_ones(
    client: "SecretsManagerClient", arn: str, secret: SecretsManager
) -> None:
    credentials = UpstreamCredentials(secret)
    before = credentials.get()
    client.put_secret_value(SecretId=arn, SecretString=OTHER)
    after = credentials.refresh()
    assert after is not None
    assert after.app_key == "new-key-canary"
    assert after.version != before.version
    assert credentials.refresh() is None


def test_nothing_shows_a_value(secret: SecretsManager) -> None:
    shown = [repr(secret), repr(secret.get()), repr(UpstreamCredentials(secret).get())]
    assert "canary" not in "".join(shown)
    assert "canary" not in f"{secret.get()} {UpstreamCredentials(secret).get()}"


def test_a_denied_read_does_not_say_of_what(
    aws: AwsEndpoint, secret: SecretsManager, arn: str
) -> None:
    aws.fail("GetSecretValue", DENIED)
    with pytest.raises(CredentialsUnavailableError) as caught:
        secret.get()
    assert arn not in str(caught.value)
    assert caught.value.__cause__ is None
