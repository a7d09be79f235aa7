"""Secrets: what handbook, stack and laptop put into them is what the functions can use."""

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

import pytest

from liveness_gateway.adapters.secrets import HmacFingerprints, SecretsManager, UpstreamCredentials
from liveness_gateway.clock import SystemClock
from liveness_gateway.verifications.model import Image, Selfie
from local.stack.deployment import fill_secret
from tests.contracts.sources import read
from tests.infra.assembly import Assembly

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from local.emulator.ministack import Emulator

SELFIE: Final = Selfie((b"selfie",), Image(width=1, height=1, format="png", bytes=6))


class OneSecret:
    """Secrets Manager with one secret, as its client and as the emulator that has that client."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        return {"ARN": SecretId, "SecretString": self.text, "VersionId": "1"}

    def put_secret_value(self, SecretId: str, SecretString: str) -> None:  # noqa: N803 - likewise
        assert SecretId == "arn"
        self.text = SecretString

    def client(self, service: str) -> "OneSecret":
        assert service == "secretsmanager"
        return self

    def read(self) -> SecretsManager:
        return SecretsManager(cast("SecretsManagerClient", self), "arn", SystemClock())


@pytest.mark.parametrize("place", ["docs/operate.md", "README.md"])
def test_the_secret_that_a_document_shows_can_be_used(place: str) -> None:
    (text,) = re.findall(r"`upstream\.json` is\s`(\{[^`]+\})`", read(place))
    credentials = UpstreamCredentials(OneSecret(text).read()).get()
    assert (credentials.app_id, credentials.app_key) == ("...", "..."), place


def test_the_secret_that_a_laptop_fills_can_be_used() -> None:
    secret = OneSecret()
    fill_secret(cast("Emulator", secret), "arn", "an id", "a key")
    credentials = UpstreamCredentials(secret.read()).get()
    assert (credentials.app_id, credentials.app_key) == ("an id", "a key"), "local/stack"
    (members,) = re.findall(r"credentials: \{(.*)\}", read("infra/storage.py"))
    assert set(json.loads(secret.text)) == set(members.split(", "))


def test_the_key_that_the_stack_generates_is_long_enough(prod: Assembly) -> None:
    secrets = prod.resources("AWS::SecretsManager::Secret")
    secret = secrets[prod.named_by("verify", "FINGERPRINT_SECRET_ARN")]
    key = OneSecret("k" * secret["GenerateSecretString"]["PasswordLength"])
    assert HmacFingerprints(key.read()).of(SELFIE, Decimal("0.6"), None), "infra/storage.py"
