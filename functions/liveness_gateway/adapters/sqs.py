"""Queues: the dead letters of the publisher, and paid results the table could not take."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.dynamodb.items import (
    result_message,
    result_of_message,
)
from liveness_gateway.verifications.model import TerminalResult
from liveness_gateway.verifications.ports import DeadLetters, UnreadableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """Implements the `DeadLetters` port, and carries the `EmergencyQueue`."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: str) -> bool:
        """Send; whether the queue took it."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body)
        except (ClientError, BotoCoreError):
            return False
        return True


class SqsEmergencyQueue:
    """Implements the `EmergencyQueue` port."""

    def __init__(self, queue: DeadLetters) -> None:
        self._queue = queue

    def keep(self, result: TerminalResult) -> bool:
        """See the port. Numbers travel as text, so that none loses a digit."""
        return self._queue.send(json.dumps(result_message(result), default=_exact))


def kept_result(body: str) -> TerminalResult:
    """The result a message of the emergency queue carries.

    Raises:
        UnreadableError: the message is none of ours.
    """
    try:
        plain = json.loads(body, object_hook=_decimals)
    except (ArithmeticError, RecursionError, ValueError):
        raise UnreadableError("this message is not JSON") from None
    return result_of_message(plain)


def _exact(value: object) -> dict[str, str]:
    if not isinstance(value, Decimal):
        raise TypeError(f"a result holds no {type(value).__name__}")
    return {"decimal": str(value)}


def _decimals(value: dict[str, object]) -> object:
    return Decimal(str(value["decimal"])) if value.keys() == {"decimal"} else value
