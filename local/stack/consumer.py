"""The demo consumer: a rule and queues on the gateway's bus, as another team's stack has them.

Two queues get every event. One is read here, for the demo page. The other is read by
nobody, so that a script finds all events in it.
"""

import json
import logging
import threading
from datetime import UTC, datetime
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.ministack import Emulator

_log = logging.getLogger(__name__)
SOURCE = "liveness-gateway"
_RULE = "demo-consumer"
_KEPT_EVENTS = 10_000
_POLL_SECONDS = 1


class Consumer:
    """Receives the gateway's events while the `with` block runs.

    Guarantees: an event is deleted from the queue only after it is kept here;
    `events` lists exactly what was received, oldest first.
    """

    def __init__(self, emulator: Emulator, bus: str) -> None:
        self._emulator = emulator
        self._queue, self.scripts_queue = _subscribe(emulator, bus)
        self._received: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._receive, name="consumer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=_POLL_SECONDS + 5)

    def events(self, verification_id: str | None = None) -> list[dict[str, Any]]:
        """The events received, each with `received_at`; of one verification if it is named."""
        with self._changed:
            return self._of(verification_id)

    def wait_for(self, verification_id: str, count: int, seconds: float) -> list[dict[str, Any]]:
        """The events of that verification once there are `count`, or those of after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._of(verification_id)) >= count, seconds)
            return self._of(verification_id)

    def _of(self, verification_id: str | None) -> list[dict[str, Any]]:
        return [
            event
            for event in self._received
            if verification_id is None or _verification_id(event) == verification_id
        ]

    def _receive(self) -> None:
        sqs = self._emulator.client("sqs")
        while not self._stop.is_set():
            try:
                response = sqs.receive_message(
                    QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=_POLL_SECONDS
                )
                for message in response.get("Messages", []):
                    self._keep(json.loads(message["Body"]))
                    sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            except (BotoCoreError, ClientError) as error:
                # The next receive may succeed; while the emulator is being ended none does.
                if not self._stop.wait(_POLL_SECONDS):
                    _log.warning("The demo consumer could not receive: %s", error)

    def _keep(self, event: dict[str, Any]) -> None:
        received_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._changed:
            self._received.append({**event, "received_at": received_at})
            del self._received[:-_KEPT_EVENTS]
            self._changed.notify_all()


def _verification_id(event: dict[str, Any]) -> str | None:
    found: str | None = event.get("detail", {}).get("data", {}).get("verification_id")
    return found


def _subscribe(emulator: Emulator, bus: str) -> tuple[str, str]:
    """Create two queues that get every event of the gateway; returns their addresses."""
    sqs, events = emulator.client("sqs"), emulator.client("events")
    rule = events.put_rule(
        Name=_RULE,
        EventBusName=bus,
        EventPattern=json.dumps({"source": [SOURCE]}),
        Description="Every event of the liveness gateway",
    )["RuleArn"]
    urls, targets = [], []
    for name in ("liveness-gateway-local-page", "liveness-gateway-local-scripts"):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        _allow_rule(sqs, url, arn["QueueArn"], rule)
        urls.append(url)
        targets.append({"Id": name, "Arn": arn["QueueArn"]})
    response = events.put_targets(Rule=_RULE, EventBusName=bus, Targets=targets)
    if response["FailedEntryCount"]:
        raise RuntimeError(f"The bus refused the demo consumer: {response['FailedEntries']}")
    return urls[0], urls[1]


def _allow_rule(sqs: Any, url: str, queue_arn: str, rule_arn: str) -> None:  # noqa: ANN401 - a boto3 client
    """Allow the rule to send to the queue; without this, AWS delivers nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
