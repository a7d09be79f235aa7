"""Telemetry by Powertools: structured logs and EMF metrics.

Only named fields are written; an event, a body, a header or an exception's text never is.
"""

import logging
from typing import Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from liveness_gateway.telemetry import LOG_FIELDS, METRICS, TIMES

_LONGEST_TEXT: Final = 256
_LONGEST_LIST: Final = 16


class PowertoolsTelemetry:
    """Implements `InvocationTelemetry`; one line and one metric format for every function."""

    def __init__(self, logger: Logger, metrics: Metrics, stage: str) -> None:
        self._logger = logger
        self._metrics = metrics
        self._metrics.set_default_dimensions(stage=stage)
        self._counted = False

    def begin(self, **ids: str | None) -> None:
        """See the port."""
        self._logger.clear_state()
        self._logger.append_keys(**{name: _bounded(value) for name, value in ids.items() if value})

    def log(self, message: str, *, level: int, **fields: object) -> None:
        """See the port. A field that is not on the list could leak, so it is an error.

        Raises:
            KeyError: a field is not on the list, or the level is none of the four used.
        """
        unknown = fields.keys() - LOG_FIELDS
        if unknown:
            raise KeyError(f"not a log field: {sorted(unknown)}")
        known = {name: _bounded(value) for name, value in fields.items() if value is not None}
        write = {
            logging.INFO: self._logger.info,
            logging.WARNING: self._logger.warning,
            logging.ERROR: self._logger.error,
            logging.CRITICAL: self._logger.critical,
        }[level]
        write(message, extra=known)

    def count(self, metric: str, value: int = 1) -> None:
        """See the port.

        Raises:
            KeyError: the metric is not on the list.
        """
        if metric not in METRICS:
            raise KeyError(f"not a metric: {metric}")
        self._add(metric, MetricUnit.Count, value)

    def measure(self, metric: str, seconds: float) -> None:
        """See the port.

        Raises:
            KeyError: the metric is not on the list.
        """
        if metric not in TIMES:
            raise KeyError(f"not a metric: {metric}")
        self._add(metric, MetricUnit.Milliseconds, round(1000 * seconds))

    def flush(self) -> None:
        """See the port."""
        if self._counted:
            self._counted = False
            self._metrics.flush_metrics()

    def _add(self, metric: str, unit: MetricUnit, value: int) -> None:
        self._counted = True
        self._metrics.add_metric(name=metric, unit=unit, value=value)


def _bounded(value: object) -> object:
    """A field of a log line: no text above 256 characters, no list above 16 entries."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, list):
        return [_bounded(one) for one in value[:_LONGEST_LIST]]
    return value


def powertools_telemetry(stage: str, namespace: str) -> PowertoolsTelemetry:
    """The telemetry of this function; Powertools reads its other settings from the environment."""
    # Powertools' own `location` would name this module on every line.
    logger = Logger(use_rfc3339=True, utc=True, location=None)
    # Libraries could log what they send: only their warnings are logged.
    for name in ("boto3", "botocore", "urllib3", "requests_toolbelt"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return PowertoolsTelemetry(logger, Metrics(namespace=namespace), stage)
