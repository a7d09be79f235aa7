"""Telemetry that is kept for the test to read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from liveness_gateway.telemetry import LOG_FIELDS, METRICS, TIMES
from tests.faults import Faults


@dataclass(frozen=True)
class LogLine:
    """One log line."""

    message: str
    level: int
    fields: Mapping[str, object]


@dataclass
class RecordingTelemetry:
    """Implements `InvocationTelemetry`; refuses the same fields and metrics as the real one."""

    faults: Faults = field(default_factory=Faults)
    lines: list[LogLine] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    times: list[tuple[str, float]] = field(default_factory=list)

    def begin(self, **_: str | None) -> None:
        self.faults.at("telemetry.begin", "before")

    def log(self, message: str, *, level: int, **fields: object) -> None:
        self.faults.at("telemetry.log", "before")
        if unknown := fields.keys() - LOG_FIELDS:
            raise KeyError(f"not a log field: {sorted(unknown)}")
        self.lines.append(LogLine(message, level, fields))

    def count(self, metric: str, value: int = 1) -> None:
        self.faults.at("telemetry.count", "before")
        if metric not in METRICS:
            raise KeyError(f"not a metric: {metric}")
        self.counts[metric] += value

    def measure(self, metric: str, seconds: float) -> None:
        self.faults.at("telemetry.measure", "before")
        if metric not in TIMES:
            raise KeyError(f"not a metric: {metric}")
        self.times.append((metric, seconds))

    def flush(self) -> None:
        self.faults.at("telemetry.flush", "before")
