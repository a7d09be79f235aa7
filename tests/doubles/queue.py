"""SQS's client in memory."""

from dataclasses import dataclass, field
from typing import Final

from botocore.exceptions import ClientError

from tests.faults import Faults

LONGEST: Final = 1024 * 1024  # bytes of a message


@dataclass
class QueueDouble:
    """One queue, which delivers at least once.

    Attributes:
        effect: the name of its effect.
        sent: the body of every message, in order.
        messages: what it holds, by message id.
    """

    faults: Faults = field(default_factory=Faults)
    effect: str = "queue.send"
    sent: list[str] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        if not QueueUrl:
            raise AssertionError("a queue has an address")
        self.faults.at(self.effect, "before")
        if len(MessageBody.encode()) > LONGEST:
            raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "SendMessage")
        message_id = f"message-{len(self.sent)}"
        self.messages[message_id] = MessageBody
        self.sent.append(MessageBody)
        self.faults.at(self.effect, "after")
        return {"MessageId": message_id}
