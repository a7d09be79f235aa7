"""The Lambda handler of the functions that no caller waits for: stream, queue and schedule."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from liveness_gateway.telemetry import InvocationTelemetry, location

Event = Mapping[str, Any]
Result = dict[str, Any]


class StartError(Exception):
    """The function cannot start; the log line before says why."""


class Batch(Protocol):
    """What a batch handler runs."""

    @property
    def telemetry(self) -> InvocationTelemetry:
        """Where it logs and counts."""
        ...

    def run(self, event: Event) -> Result:
        """Work through one event."""
        ...


class BatchHandler:
    """Builds its batch when it is first called, or in `prepare`; not on import.

    A function that cannot start raises, so that Lambda counts an error and delivers again. After an
    unexpected error within a run the result is `failed(event)`.
    """

    def __init__(self, build: Callable[[], Batch], failed: Callable[[Event], Result]) -> None:
        self._build = build
        self._failed = failed
        self._batch: Batch | None = None

    def prepare(self) -> None:
        """Build ahead of the first call, which tries again what fails here. Raises nothing."""
        try:
            self._batch = self._build()
        except Exception as error:  # noqa: BLE001 - the first call says what stays wrong
            logging.getLogger(__name__).warning(
                "not prepared: %s at %s", type(error).__name__, location(error)
            )

    def __call__(self, event: Event, context: object) -> Result:
        """Run once.

        Raises:
            StartError: the function cannot start.
        """
        batch = self._started()
        try:
            telemetry = batch.telemetry
            telemetry.begin(function_request_id=getattr(context, "aws_request_id", None))
            result = batch.run(event)
            telemetry.flush()
        except Exception as error:  # noqa: BLE001 - the last resort: see the class
            self._report(error)
            return self._failed(event)
        return result

    def _started(self) -> Batch:
        try:
            self._batch = self._batch or self._build()
        except Exception as error:  # noqa: BLE001 - the last resort: see the class
            self._report(error)
            # Without its cause, whose text could hold anything.
            raise StartError from None
        return self._batch

    def _report(self, error: Exception) -> None:
        # Neither the text of the error nor a traceback with values: they could hold anything.
        logging.getLogger(__name__).critical(
            "the batch failed: %s at %s", type(error).__name__, location(error)
        )
        if self._batch is not None:
            with suppress(Exception):  # what failed may be the telemetry itself
                self._batch.telemetry.count("unhandled")
                self._batch.telemetry.flush()


def again(identifiers: Iterable[str]) -> Result:
    """The result that asks Lambda to deliver these items again (partial batch response)."""
    return {"batchItemFailures": [{"itemIdentifier": name} for name in identifiers]}


def all_again(event: Event, name: Callable[[Mapping[str, Any]], str]) -> Result:
    """The result that asks Lambda to deliver every record of the event again."""
    try:
        return again([name(record) for record in event["Records"]])
    except (KeyError, TypeError):
        return again([""])  # a name that is none makes Lambda deliver all of them again
