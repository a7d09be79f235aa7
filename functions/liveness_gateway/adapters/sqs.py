"""Queues: the dead letters of the publisher, and paid results the table could not take."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.dynamodb.messages import message_of
from liveness_gateway.verifications.model import TerminalResult
from liveness_gateway.verifications.ports import DeadLetters

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
        """See the port."""
        return self._queue.send(message_of(result))
