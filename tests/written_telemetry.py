"""A real telemetry, and what it wrote: Powertools into a stream of its own."""

import io
import json
import logging
import uuid
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics

from liveness_gateway.adapters.powertools import PowertoolsTelemetry
from tests.faults import Faults

# Powertools keeps what was counted in one place for the whole process.
_METRICS = Metrics(service="test", namespace="liveness-gateway")


class WrittenTelemetry(PowertoolsTelemetry):
    """A `PowertoolsTelemetry` whose lines a test can read. Metrics go to stdout, as ever."""

    def __init__(self, level: str = "INFO", faults: Faults | None = None) -> None:
        _METRICS.clear_metrics()
        self._faults = faults or Faults()
        self.stream = io.StringIO()
        logger = Logger(
            service=f"test-{uuid.uuid4().hex}",
            level=level,
            logger_handler=logging.StreamHandler(self.stream),
            use_rfc3339=True,
            utc=True,
            location=None,
        )
        super().__init__(logger, _METRICS, "local")

    def begin(self, **ids: str | None) -> None:
        self._faults.at("telemetry.begin", "before")
        super().begin(**ids)

    def log(self, message: str, *, level: int, **fields: object) -> None:
        self._faults.at("telemetry.log", "before")
        super().log(message, level=level, **fields)

    def count(self, metric: str, value: int = 1) -> None:
        self._faults.at("telemetry.count", "before")
        super().count(metric, value)

    def measure(self, metric: str, seconds: float) -> None:
        self._faults.at("telemetry.measure", "before")
        super().measure(metric, seconds)

    def flush(self) -> None:
        self._faults.at("telemetry.flush", "before")
        super().flush()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def counted(output: pytest.CaptureFixture[str]) -> dict[str, float]:
    """The metrics printed since the last call, by name."""
    found: dict[str, float] = {}
    for line in output.readouterr().out.splitlines():
        emf = json.loads(line)
        for metric in emf["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            values = emf[metric["Name"]]
            found[metric["Name"]] = found.get(metric["Name"], 0) + sum(values)
    return found
