"""Secrets: remembered, refreshed seldom, served through an outage, and never shown."""

import json
import uuid
from typing import Any, Final, cast

import pytest

from liveness_gateway.adapters.secrets import SecretsManager, UpstreamCredentials
from liveness_gateway.verifications.ports import CredentialsUnavailableError
from tests.adapters.aws_endpoint import (
    CUT,
    DENIED,
    HANGS,
    IMPATIENT,
    ONCE,
    SERVER_ERROR,
    AwsEndpoint,
)
from tests.doubles.clock import ManualClock
from tests.doubles.secrets import UPSTREAM_ARN, SecretsDouble, app_key
from tests.faults import Faults, Step
from tests.world import refused

DAY: Final = 24 * 3600.0
READ: Final = f"secret.{UPSTREAM_ARN}"


class Kept:
    """One secret, kept by `secret`; `version` is the version it has in Secrets Manager."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.clock = ManualClock()
        self.manager = SecretsDouble(self.faults)
        self.secret = SecretsManager(cast("Any", self.manager), UPSTREAM_ARN, self.clock)
        self.credentials = UpstreamCredentials(self.secret)

    @property
    def reads(self) -> int:
        return self.faults.steps.count(Step(READ, "before"))

    def version(self) -> str:
        return self.secret.get().version

    def down(self, times: int = 1000, error: Exception | None = None) -> None:
        self.faults.fail(READ, error or refused(), times=times)

    def holds(self, **answer: str) -> None:
        self.manager.answers[UPSTREAM_ARN] = answer


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_it_is_read_once_and_remembered_for_five_minutes(kept: Kept) -> None:
    assert kept.reads == 0
    assert {kept.version() for _ in range(3)} == {"1"}
    kept.manager.version = 2
    kept.clock.advance(299)
    assert (kept.version(), kept.reads) == ("1", 1)
    kept.clock.advance(1)
    assert (kept.version(), kept.reads) == ("2", 2)


def test_a_refresh_reads_at_once_but_once_in_thirty_seconds(kept: Kept) -> None:
    first = kept.secret.get()
    assert kept.secret.refresh() == first
    assert kept.secret.refresh() is None
    kept.clock.advance(29.9)
    assert kept.secret.refresh() is None
    assert kept.reads == 2
    kept.manager.version = 2
    kept.clock.advance(0.1)
    refreshed = kept.secret.refresh()
    assert refreshed is not None
    assert (refreshed.version, kept.version(), kept.reads) == ("2", "2", 3)


def test_a_day_old_secret_is_not_served_because_a_read_has_just_failed(kept: Kept) -> None:
    kept.secret.get()
    kept.down()
    kept.clock.advance(DAY - 10)
    assert kept.version() == "1"
    kept.clock.advance(11)
    with pytest.raises(CredentialsUnavailableError):
        kept.secret.get()


def test_an_outage_is_felt_once_in_thirty_seconds(kept: Kept) -> None:
    kept.secret.get()
    kept.clock.advance(300)
    kept.down()
    for _ in range(10):
        kept.secret.get()
    assert kept.reads == 2
    kept.clock.advance(30)
    kept.secret.get()
    assert kept.reads == 3


@pytest.mark.parametrize("answer", [{"VersionId": "9"}, {"SecretString": "", "VersionId": "9"}])
def test_a_secret_without_text_does_not_replace_the_remembered_one(
    kept: Kept, answer: dict[str, str]
) -> None:
    kept.secret.get()
    kept.holds(**answer)
    kept.clock.advance(300)
    assert [kept.version() for _ in range(5)] == ["1"] * 5
    assert kept.reads == 2
    with pytest.raises(CredentialsUnavailableError):
        SecretsManager(cast("Any", kept.manager), UPSTREAM_ARN, kept.clock).get()


def test_credentials_an_operator_has_mended_are_used_soon(kept: Kept) -> None:
    kept.holds(SecretString="not JSON", VersionId="v")
    for _ in range(2):
        with pytest.raises(CredentialsUnavailableError):
            kept.credentials.get()
        kept.manager.answers.clear()
    kept.clock.advance(30)
    assert kept.credentials.get().app_key == app_key(1)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"app_id": "a", "app_key": "b"}', ("a", "b")),
        ('\ufeff{"app_id": "a", "app_key": "b"}', ("a", "b")),
        ('\r\n {"app_id": "a", "app_key": "b"}\n\n', ("a", "b")),
        ('{"app_id": "a\\n", "app_key": " b\\t\\r\\n"}', ("a", "b")),
        ('{"app_id": 1234567890123456789012, "app_key": "b"}', ("1234567890123456789012", "b")),
        ('{"app_id": 0, "app_key": -7}', ("0", "-7")),
        ('{"app_id": "a b", "app_key": "b", "note": [1]}', ("a b", "b")),
    ],
)
def test_what_people_and_tools_put_into_a_secret_is_read(
    kept: Kept, text: str, read: tuple[str, str]
) -> None:
    kept.holds(SecretString=text, VersionId="v")
    found = kept.credentials.get()
    assert (found.app_id, found.app_key) == read


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("canary", "the secret is not JSON"), ('{"app_id": "canary"', "the secret is not JSON"),
        ("[" * 100_000, "the secret is not JSON"), ('["canary"]', "the secret is no JSON object"),
        ('"canary"', "the secret is no JSON object"), ("7", "the secret is no JSON object"),
        ('{"app_key": "canary"}', "app_id is missing, or no text"),
        ('{"app_id": true, "app_key": "canary"}', "app_id is missing, or no text"),
        ('{"app_id": 1.5, "app_key": "canary"}', "app_id is missing, or no text"),
        ('{"app_id": ["canary"], "app_key": "b"}', "app_id is missing, or no text"),
        ('{"app_id": "a", "app_key": null}', "app_key is missing, or no text"),
        ('{"app_id": "a", "app_key": " "}', "app_key is empty or cannot be sent in a header"),
        ('{"app_id": "canary\\u0000", "app_key": "b"}',
         "app_id is empty or cannot be sent in a header"),
        ('{"app_id": "a", "app_key": "canary\\r\\nX: y"}',
         "app_key is empty or cannot be sent in a header"),
        ('{"app_id": "\u00e9", "app_key": "canary"}',
         "app_id is empty or cannot be sent in a header"),
    ],
)  # fmt: skip
def test_why_a_secret_is_unusable_is_said_without_its_value(
    kept: Kept, text: str, rule: str
) -> None:
    kept.holds(SecretString=text, VersionId="v")
    with pytest.raises(CredentialsUnavailableError) as caught:
        kept.credentials.get()
    assert str(caught.value) == rule


def test_nothing_shows_a_value(kept: Kept) -> None:
    shown = [kept.secret, kept.secret.get(), kept.credentials.get()]
    assert "canary" not in f"{shown} {shown[1]} {shown[2]}"


def test_the_secrets_manager_of_aws(aws: AwsEndpoint) -> None:
    """The double above answers as AWS does: text and version, or an error that names no secret."""
    client = aws.client("secretsmanager", ONCE)
    arn = client.create_secret(Name=uuid.uuid4().hex, SecretString=json.dumps({"a": 1}))["ARN"]
    secret = SecretsManager(client, arn, ManualClock())
    first = secret.get()
    assert first.text == '{"a": 1}'
    client.put_secret_value(SecretId=arn, SecretString="new")
    second = secret.refresh()
    assert second is not None
    assert (second.text, second.version != first.version) == ("new", True)
    empty = client.create_secret(Name=uuid.uuid4().hex)["ARN"]
    binary = client.create_secret(Name=uuid.uuid4().hex, SecretBinary=b"\x00")["ARN"]
    for wrong in (empty, binary, arn + "gone"):
        with pytest.raises(CredentialsUnavailableError):
            SecretsManager(client, wrong, ManualClock()).get()
    for fault in (SERVER_ERROR, DENIED, CUT, HANGS):
        aws.fail("GetSecretValue", fault)
        hurried = aws.client("secretsmanager", IMPATIENT) if fault is HANGS else client
        with pytest.raises(CredentialsUnavailableError) as caught:
            SecretsManager(hurried, arn, ManualClock()).get()
        assert arn not in str(caught.value)
        assert caught.value.__cause__ is None
