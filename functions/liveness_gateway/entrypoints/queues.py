"""The emergency queue as Lambda delivers it to `recover`."""

import logging
from collections.abc import Callable

from liveness_gateway.entrypoints.batch import Event, Result, again, all_again
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.model import TerminalResult
from liveness_gateway.verifications.ports import (
    LedgerUnavailableError,
    ResultRefusedError,
    UnreadableError,
)
from liveness_gateway.verifications.recovery import Recoverer

ReadMessage = Callable[[str], TerminalResult]
"""Reads the body of a message.

Raises:
    UnreadableError: the message is none of ours.
"""


class StoreKeptResults:
    """Stores what the emergency queue kept; what cannot be stored yet is delivered again.

    What can never be stored ends in the queue's own dead-letter queue, for a person to look at.
    """

    def __init__(
        self, recoverer: Recoverer, read_message: ReadMessage, telemetry: InvocationTelemetry
    ) -> None:
        self._recoverer = recoverer
        self._read_message = read_message
        self.telemetry = telemetry

    def run(self, event: Event) -> Result:
        """Store the messages of one event."""
        return again(
            [
                str(message.get("messageId") or "")
                for message in event["Records"]
                if not self._stored(str(message.get("body") or ""))
            ]
        )

    def _stored(self, body: str) -> bool:
        try:
            self._recoverer.store(self._read_message(body))
        except LedgerUnavailableError:
            return False
        except (ResultRefusedError, UnreadableError) as error:
            self.telemetry.count("result_not_recoverable")
            self.telemetry.log(
                "a kept result cannot be stored",
                level=logging.ERROR,
                error_type=type(error).__name__,
            )
            return False
        return True


def all_messages(event: Event) -> Result:
    """Deliver every message of the queue again."""
    return all_again(event, lambda message: str(message["messageId"]))
