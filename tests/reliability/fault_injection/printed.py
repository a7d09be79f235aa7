"""Everything a run writes to a log, in the words in which the deployed functions write it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics

from liveness_gateway.adapters.powertools import PowertoolsTelemetry
from tests.doubles.telemetry import RecordingTelemetry

_SERVICE = "fault-injection"


class _Output(io.StringIO):
    """Where all of them write; `lines` are those of the run that is on."""

    lines: list[str] = []  # noqa: RUF012 - one run after the other

    def write(self, text: str, /) -> int:
        self.lines.append(text)
        return len(text)


_OUTPUT = _Output()


class _PrintedMetrics(EphemeralMetrics):
    """Metrics that are written there in place of standard output."""

    def flush_metrics(self, raise_on_empty_metrics: bool = False) -> None:  # noqa: FBT001, FBT002 - Powertools' signature
        del raise_on_empty_metrics
        _OUTPUT.write(json.dumps(self.serialize_metric_set()))
        self.clear_metrics()


def _powertools() -> PowertoolsTelemetry:
    logger = Logger(service=_SERVICE, level="DEBUG", stream=_OUTPUT, use_rfc3339=True, utc=True)
    metrics = Metrics(provider=_PrintedMetrics(namespace="liveness-gateway", service=_SERVICE))
    return PowertoolsTelemetry(logger, metrics, "local")


@dataclass
class PrintedTelemetry(RecordingTelemetry):
    """Keeps what is told, and has the real telemetry write it at DEBUG."""

    real: PowertoolsTelemetry = field(default_factory=_powertools)

    def begin(self, **ids: str | None) -> None:
        super().begin(**ids)
        self.real.begin(**ids)

    def log(self, message: str, *, level: int, **fields: object) -> None:
        super().log(message, level=level, **fields)
        self.real.log(message, level=level, **fields)

    def count(self, metric: str, value: int = 1) -> None:
        super().count(metric, value)
        self.real.count(metric, value)

    def flush(self) -> None:
        super().flush()
        self.real.flush()


class _Kept(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _OUTPUT.write(f"{record.name} {record.getMessage()}")


@contextmanager
def everything_printed(lines: list[str]) -> Iterator[None]:
    """What the telemetry and any library writes, at DEBUG, goes to these lines."""
    root, kept = logging.getLogger(), _Kept(logging.DEBUG)
    # Alone: pytest would keep, and format, every line a second time.
    level, others, before = root.level, root.handlers[:], _OUTPUT.lines
    root.handlers[:], _Output.lines = [kept], lines
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.handlers[:], _Output.lines = others, before
        root.setLevel(level)
