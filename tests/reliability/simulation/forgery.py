"""Messages that `recover` must not believe."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

NONSENSE: Final = (
    "", "[]", "null", "{}", "text", '"text"', "[" * 10_000, '{"verification_id": null}',
    '{"decimal": "1"}', "\u0000", "9" * 5_000,
)  # fmt: skip
_LIVE: Final[dict[str, Any]] = {
    "status": "completed",
    "decision": "live",
    "reasons": [],
    "score": {"decimal": "0.99"},
    "face_count": 1,
    "faces": [],
    "settled_at": "2025-06-01T12:00:01+00:00",
    "problem_code": None,
    "image": None,
    "upstream": None,
}
# In what each differs from a result that could be.
_LIES: Final[tuple[dict[str, Any], ...]] = (
    {"score": None},
    {"score": {"decimal": "7"}},
    {"score": {"decimal": "-1"}},
    {"score": {"decimal": "NaN"}},
    {"score": 0.99},
    {"score": True},
    {"face_count": 0},
    {"status": "failed", "problem_code": "upstream_unavailable", "reasons": ["x"]},
    {"status": "unknown", "problem_code": "upstream_timeout", "reasons": ["timeout"]},
    {"status": "processing"},
    {"problem_code": "upstream_timeout"},
    {"reasons": ["below_threshold"]},
    {"attempt": 99},
    {"attempt": 0},
    {"deadline": "1970-01-01T00:00:00+00:00"},
    {"verification_id": "f" * 32},
    {"verification_id": "canary"},
)


def forged(record: Mapping[str, Any]) -> list[str]:
    """Results for this record, as a stranger would write them: none may be stored."""
    deadline = datetime.fromtimestamp(float(record["deadline"]), UTC)
    names = {
        "verification_id": record["verification_id"],
        "attempt": int(record["attempt"]),
        "deadline": deadline.isoformat(),
    }
    return [json.dumps(names | _LIVE | lie) for lie in _LIES]
