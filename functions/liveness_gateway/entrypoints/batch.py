"""The edge of the functions nobody waits for: the stream's, the queue's and the clock's."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

from liveness_gateway.adapters.dynamodb.items import UnreadableError
from liveness_gateway.adapters.sqs import kept_settlement
from liveness_gateway.entrypoints.streams import stream_record
from liveness_gateway.problems import LedgerUnavailable, SettleRefused
from liveness_gateway.telemetry import PowertoolsJournal, location
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.recovery import Recoverer, Sweeper

Worker = TypeVar("Worker")
Event = Mapping[str, Any]
Result = dict[str, Any]


class Job(Generic[Worker]):
    """A Lambda handler that builds its worker when it is first called, and not on import.

    Nothing but a result leaves it: after an error nobody foresaw it is `failed(event)`.
    """

    def __init__(
        self,
        build: Callable[[], tuple[Worker, PowertoolsJournal]],
        run: Callable[[Worker, PowertoolsJournal, Event], Result],
        failed: Callable[[Event], Result],
    ) -> None:
        self._build = build
        self._run = run
        self._failed = failed
        self._built: tuple[Worker, PowertoolsJournal] | None = None

    def __call__(self, event: Event, context: object) -> Result:
        """Run once. Raises nothing."""
        try:
            if self._built is None:
                self._built = self._build()
            worker, journal = self._built
            journal.begin(function_request_id=getattr(context, "aws_request_id", None))
            result = self._run(worker, journal, event)
            journal.flush()
        except Exception as error:  # noqa: BLE001 - the outermost edge: see the class
            self._report(error)
            return self._failed(event)
        return result

    def _report(self, error: Exception) -> None:
        # Neither the text of the error nor a traceback with values: they could hold anything.
        logging.getLogger(__name__).critical(
            "the job failed: %s at %s", type(error).__name__, location(error)
        )
        if self._built is not None:
            _, journal = self._built
            with suppress(Exception):  # what failed may be the journal itself
                journal.count("unhandled")
                journal.flush()


def publish_batch(publisher: Publisher, journal: PowertoolsJournal, event: Event) -> Result:
    """Announce a batch of the table's stream; name what must be delivered again."""
    records = [stream_record(record) for record in event["Records"]]
    again = publisher.publish(records)
    journal.note("batch published", level=logging.INFO, count=len(records) - len(again))
    return _again(again)


def whole_batch(event: Event) -> Result:
    """Deliver the whole batch of the stream again: the mapping's own limits end that."""
    return _again(_each(event, lambda record: record["dynamodb"]["SequenceNumber"]))


def store_kept(recoverer: Recoverer, journal: PowertoolsJournal, event: Event) -> Result:
    """Store what the emergency queue kept; what cannot be stored yet is delivered again.

    What can never be stored ends in the queue's own dead-letter queue, for a person to look at.
    """
    return _again(
        [
            message["messageId"]
            for message in event["Records"]
            if not _stored(message["body"], recoverer, journal)
        ]
    )


def all_messages(event: Event) -> Result:
    """Deliver every message of the queue again."""
    return _again(_each(event, lambda message: message["messageId"]))


def sweep_once(sweeper: Sweeper, journal: PowertoolsJournal, _: Event) -> Result:
    """End overdue verifications, and say how many; the next run goes on after a failure."""
    try:
        ended = sweeper.sweep()
    except LedgerUnavailable:
        ended = 0
        journal.count("sweep_failed")
    journal.note("swept", level=logging.INFO, count=ended)
    return {"ended": ended}


def nothing_swept(_: Event) -> Result:
    """The result of a sweep that could not start."""
    return {"ended": 0}


def _stored(body: str, recoverer: Recoverer, journal: PowertoolsJournal) -> bool:
    try:
        recoverer.store(kept_settlement(body))
    except LedgerUnavailable:
        return False
    except (SettleRefused, UnreadableError) as error:
        journal.count("result_not_recoverable")
        journal.note(
            "a kept result cannot be stored", level=logging.ERROR, error_type=type(error).__name__
        )
        return False
    return True


def _each(event: Event, name: Callable[[Mapping[str, Any]], str]) -> list[str]:
    try:
        return [name(record) for record in event["Records"]]
    except (KeyError, TypeError):
        return [""]  # a name that is none makes Lambda deliver all of them again


def _again(identifiers: list[str]) -> Result:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in identifiers]}
