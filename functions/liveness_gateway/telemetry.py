"""What the operator sees: structured logs and EMF metrics, by Powertools. Nothing biometric.

Only named fields are written; an event, a body, a header or an exception's text never is.
"""

import logging
import traceback
from pathlib import Path
from typing import Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from liveness_gateway.settings import SettingsError

_FIELDS: Final = frozenset(
    {
        "attempt", "charged", "client_id", "code", "count", "decision", "duration_ms",
        "error_type", "event_id", "failed", "method", "raised_at", "reason", "reasons",
        "replayed", "route", "status", "transition", "upstream_request_id", "verification_id",
        "version",
    }
)  # fmt: skip


class PowertoolsJournal:
    """Implements the `Journal` port; one line and one metric format for every function."""

    def __init__(self, logger: Logger, metrics: Metrics, stage: str) -> None:
        self._logger = logger
        self._metrics = metrics
        self._metrics.set_default_dimensions(stage=stage)
        self._counted = False

    def begin(self, **ids: str | None) -> None:
        """Tie every line of this invocation to these ids; those of the one before are dropped."""
        self._logger.clear_state()
        self._logger.append_keys(**{name: value for name, value in ids.items() if value})

    def note(self, message: str, *, level: int, **fields: object) -> None:
        """See the port. A field nobody has thought about is a leak, so it is an error.

        Raises:
            KeyError: a field is not on the list above, or the level is none of the four used.
        """
        unknown = fields.keys() - _FIELDS
        if unknown:
            raise KeyError(f"not a log field: {sorted(unknown)}")
        known = {name: value for name, value in fields.items() if value is not None}
        write = {
            logging.INFO: self._logger.info,
            logging.WARNING: self._logger.warning,
            logging.ERROR: self._logger.error,
            logging.CRITICAL: self._logger.critical,
        }[level]
        write(message, extra=known)

    def count(self, metric: str, value: int = 1) -> None:
        """See the port."""
        self._counted = True
        self._metrics.add_metric(name=metric, unit=MetricUnit.Count, value=value)

    def flush(self) -> None:
        """Print the metrics of this invocation, if any were counted."""
        if self._counted:
            self._counted = False
            self._metrics.flush_metrics()


def journal(stage: str) -> PowertoolsJournal:
    """The journal of this function; Powertools reads its own settings from the environment.

    Raises:
        SettingsError: the metrics have no namespace, so none could be written.
    """
    metrics = Metrics()
    if not metrics.provider.namespace:
        raise SettingsError("POWERTOOLS_METRICS_NAMESPACE is not set")
    # Powertools' own `location` would name this module on every line.
    logger = Logger(use_rfc3339=True, utc=True, location=None)
    # Libraries below us could log what they send: they stay at their warnings.
    for name in ("boto3", "botocore", "urllib3", "requests_toolbelt"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return PowertoolsJournal(logger, metrics, stage)


def location(error: BaseException) -> str:
    """Where an error was raised, as file and line: no text of the error, no value."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "nowhere"
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
