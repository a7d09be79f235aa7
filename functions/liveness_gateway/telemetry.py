"""What the operator sees of the gateway: the ports, and every log field and metric there is.

Nothing biometric, no secret and no text of an error is ever logged. The alarms and the dashboard
of `infra/` are made of the metrics below; a test compares the two.
"""

import traceback
from pathlib import Path
from typing import Final, Protocol

from liveness_gateway.problems import CATALOGUE

LOG_FIELDS: Final = frozenset(
    {
        "attempt", "code", "count", "duration_ms", "error_type", "method", "raised_at", "reason",
        "reasons", "replayed", "route", "status", "transition", "upstream_request_id",
        "verification_id", "version",
    }
)  # fmt: skip

METRICS: Final = frozenset(
    {
        "answer_part_left_out", "breaker_opened", "breaker_store_failed", "credentials_refused",
        "credentials_unavailable", "event_dead_lettered", "event_retried", "limit_reached",
        "overdue_unreadable", "result_kept_in_emergency", "result_lost",
        "result_not_recoverable", "result_overtaken", "result_recovered", "sweep_failed",
        "unhandled", "verification_completed", "verification_failed", "verification_unknown",
        *(f"decision_{decision}" for decision in ("live", "not_live", "inconclusive")),
        *(f"problem_{code}" for code in CATALOGUE),
    }
)  # fmt: skip


TIMES: Final = frozenset({"upstream_time"})
"""Metrics in milliseconds. `upstream_time` is of each call of the liveness API that was sent, also
of one that it refused, so the number of its samples is the number of these calls."""


class Telemetry(Protocol):
    """Structured log lines and counts."""

    def log(self, message: str, *, level: int, **fields: object) -> None:
        """Write one log line; `fields` are of `LOG_FIELDS`.

        Raises:
            KeyError: a field is not on the list, or `level` is none of the four used.
        """
        ...

    def count(self, metric: str, value: int = 1) -> None:
        """Count one of `METRICS`.

        Raises:
            KeyError: the metric is not on the list.
        """
        ...

    def measure(self, metric: str, seconds: float) -> None:
        """Add a sample to one of `TIMES`.

        Raises:
            KeyError: the metric is not on the list.
        """
        ...


class InvocationTelemetry(Telemetry, Protocol):
    """Telemetry with the two calls that frame an invocation."""

    def begin(self, **ids: str | None) -> None:
        """Tie every line of this invocation to these ids; those of the one before are dropped."""
        ...

    def flush(self) -> None:
        """Write the metrics of this invocation, if any were counted."""
        ...


def location(error: BaseException) -> str:
    """Where an error was raised, as file and line: no text of the error, no value."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "nowhere"
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
