"""The AWS services around the gateway, at their clients' level: secrets, queues, the bus."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.invariants.history import Accepted, Generation, History
from tests.invariants.processes import Steering

FINGERPRINT_KEY: Final = "fingerprint-key-canary-0123456789abcdef"
UPSTREAM_ARN: Final = "upstream"
FINGERPRINT_ARN: Final = "fingerprint"


def app_key(version: int) -> str:
    """The liveness API's key in this version: a canary."""
    return f"app-key-canary-{version}"


@dataclass
class SecretsDouble:
    """Secrets Manager.

    Attributes:
        version: of the liveness API's credentials; `rotate` makes the next one.
        state: `good`, or what is wrong with that secret: `malformed`, `empty`, `denied`.
    """

    steering: Steering
    version: int = 1
    state: str = "good"

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        self.steering.at(f"secret.{SecretId}", "before")
        if SecretId == FINGERPRINT_ARN:
            return {"SecretString": FINGERPRINT_KEY, "VersionId": "1"}
        if self.state != "good":
            self.steering.trouble()
        if self.state == "denied":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "Get")
        text = {"malformed": "{", "empty": ""}.get(self.state, self._text())
        return {"SecretString": text, "VersionId": f"{self.version}-{self.state}"}

    def _text(self) -> str:
        return json.dumps({"app_id": "the-app-id", "app_key": app_key(self.version)})


@dataclass
class QueueDouble:
    """SQS: a queue that gives at least once.

    Attributes:
        down: while True it takes nothing.
        messages: what it holds, by message id.
    """

    steering: Steering
    effect: str
    log: list[str]
    down: bool = False
    messages: dict[str, str] = field(default_factory=dict)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        self.steering.at(self.effect, "before")
        if self.down:
            self.steering.trouble()
            raise ClientError({"Error": {"Code": "ServiceUnavailable", "Message": QueueUrl}}, "S")
        self.messages[f"message-{len(self.log)}"] = MessageBody
        self.log.append(MessageBody)
        self.steering.at(self.effect, "after")
        return {"MessageId": "any"}


@dataclass
class BusDouble:
    """EventBridge.

    Attributes:
        refusals: in the next call, the entries at these places are refused with these codes.
        poisoned: verification ids whose events are refused for ever.
    """

    steering: Steering
    history: History
    refusals: Mapping[int, str] = field(default_factory=dict)
    poisoned: dict[str, str] = field(default_factory=dict)

    def put_events(self, *, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        if not 1 <= len(Entries) <= 10:
            raise AssertionError("PutEvents takes 1 to 10 entries")
        self.steering.at("bus.put", "before")
        refusals, self.refusals = self.refusals, {}
        answers = [self._put(entry, refusals.get(at)) for at, entry in enumerate(Entries)]
        self.steering.at("bus.put", "after")
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers}

    def _put(self, entry: Mapping[str, str], refusal: str | None) -> dict[str, str]:
        detail = json.loads(entry["Detail"])
        running = self.steering.running
        code = refusal or self.poisoned.get(detail["data"]["verification_id"])
        if code and running is not None:
            life = Generation(detail["data"]["verification_id"], detail["data"]["created_at"])
            running.refused.add((life, detail["metadata"]["version"]))
        if code:
            return {"ErrorCode": code, "ErrorMessage": "refused"}
        began = self.steering.clock.now() if running is None else running.began
        self.history.accepted.append(
            Accepted(self.history.tick(), entry["DetailType"], detail, began)
        )
        return {"EventId": "the bus's own"}
