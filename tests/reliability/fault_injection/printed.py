"""Everything a run writes, kept to search it for what must never be written (I12)."""

import io
import json
import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics

from liveness_gateway.adapters.powertools import PowertoolsTelemetry, telemetry
from tests.e2e.traces import forms
from tests.reliability.surroundings import ALL_FUNCTIONS, environment

ERROR_CANARY: Final = "canary-error-text-71c4"
# The doubles' own details are none of ours: they see every request whole.
_DOUBLES: Final = ("moto",)


class Outputs(io.StringIO):
    """A text stream that remembers; safe from several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def write(self, text: str, /) -> int:
        with self._lock:
            return super().write(text)

    def holds(self, canaries: Iterable[bytes]) -> list[str]:
        """The canaries, in any way of writing bytes, that are in it; none should be."""
        written = self.getvalue().encode()
        return [
            canary.decode(errors="replace")
            for canary in canaries
            if any(form in written for form in forms(canary))
        ]


class _WrittenMetrics(EphemeralMetrics):
    """Metrics that are written to a stream of ours in place of standard output."""

    def __init__(self, outputs: Outputs, service: str) -> None:
        super().__init__(namespace="liveness-gateway", service=service)
        self._outputs = outputs

    def flush_metrics(self, raise_on_empty_metrics: bool = False) -> None:  # noqa: FBT001, FBT002 - Powertools' signature
        del raise_on_empty_metrics
        self._outputs.write(json.dumps(self.serialize_metric_set()) + "\n")
        self.clear_metrics()


class RecordedTelemetry(PowertoolsTelemetry):
    """The real telemetry at DEBUG; what it writes is kept, what it counts can be read."""

    def __init__(self, outputs: Outputs, name: str, counts: Counter[str] | None = None) -> None:
        logger = Logger(service=name, level="DEBUG", stream=outputs, use_rfc3339=True, utc=True)
        super().__init__(logger, Metrics(provider=_WrittenMetrics(outputs, name)), "local")
        self.counts: Counter[str] = Counter() if counts is None else counts

    def count(self, metric: str, value: int = 1) -> None:
        self.counts[metric] += value
        super().count(metric, value)


class _Kept(logging.Handler):
    def __init__(self, outputs: Outputs) -> None:
        super().__init__(logging.DEBUG)
        self._outputs = outputs

    def emit(self, record: logging.LogRecord) -> None:
        self._outputs.write(f"{record.name} {record.getMessage()}\n")


@contextmanager
def everything_logged(outputs: Outputs) -> Iterator[None]:
    """Keep what any library logs, at DEBUG as far as the functions themselves let it."""
    with environment(ALL_FUNCTIONS):
        telemetry("local")
    for name in _DOUBLES:
        logging.getLogger(name).setLevel(logging.WARNING)
    root, kept = logging.getLogger(), _Kept(outputs)
    # Alone: pytest would keep, and format, every line a second time.
    level, others = root.level, root.handlers[:]
    root.handlers[:] = [kept]
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.handlers[:] = others
        root.setLevel(level)
