"""Secrets Manager's client in memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.faults import Faults

FINGERPRINT_KEY: Final = "fingerprint-key-canary-0123456789abcdef"
UPSTREAM_ARN: Final = "upstream"
FINGERPRINT_ARN: Final = "fingerprint"
APP_ID: Final = "the-app-id"
APP_KEY: Final = "app-key-canary"


def app_key(version: int) -> str:
    """The liveness API's key in this version."""
    return f"{APP_KEY}-{version}"


@dataclass
class SecretsDouble:
    """The two secrets.

    Attributes:
        version: of the liveness API's credentials; each has a key of its own.
        answers: by the secret's ARN, what is answered in place of the good secret.
    """

    faults: Faults = field(default_factory=Faults)
    version: int = 1
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - as boto3 has it
        self.faults.at(f"secret.{SecretId}", "before")
        answer = self.answers.get(SecretId) or self._good(SecretId)
        self.faults.at(f"secret.{SecretId}", "after")
        return answer

    def _good(self, arn: str) -> Mapping[str, Any]:
        if arn == FINGERPRINT_ARN:
            return {"SecretString": FINGERPRINT_KEY, "VersionId": "1"}
        if arn != UPSTREAM_ARN:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        text = json.dumps({"app_id": APP_ID, "app_key": app_key(self.version)})
        return {"SecretString": text, "VersionId": str(self.version)}
