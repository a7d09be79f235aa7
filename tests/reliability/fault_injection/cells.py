"""One line of the table in `docs/reliability.md`. Times and ids are not in it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from tests.reliability.fault_injection.stage import Stage
from tests.reliability.history.facts import Answered, expired

_LONG: Final = 5
_ONE_OF_MANY: Final = re.compile(r"(upstream_status_[35])\d\d")


def cells(stage: Stage) -> tuple[str, str, str, str]:
    """Answers, final state, calls and events of a run; answers and calls without preparation."""
    history, (answers, posts) = stage.history, stage.prepared
    records = {write.new["verification_id"]: write.new for write in history.writes}
    details = [event.detail for event in history.accepted]
    kinds = Counter({one["metadata"]["id"]: one["data"]["status"] for one in details}.values())
    announced = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    if history.letters:
        announced.append(f"{len(history.letters)} dead letter")
    now = stage.clock.time_of_day
    return (
        _runs(map(_says, history.answers[answers:])) or "none",
        _counted(_state(record, now) for record in records.values()) or "no record",
        str(sum(post.doing.arrives for post in history.posts[posts:])),
        ", ".join(announced) or "0",
    )


def _says(answer: Answered) -> str:
    """The status and the one word that tells most."""
    word = answer.code or answer.body["decision"]
    return f"{answer.status} {word}" + (" (replayed)" if answer.replayed else "")


def _state(record: Mapping[str, Any], now: datetime) -> str:
    reasons = [_ONE_OF_MANY.sub(r"\1xx", reason) for reason in record.get("reasons", [])]
    words = [record["decision"], *reasons] if "decision" in record else reasons
    state = f"{record['status']} ({', '.join(words)})" if words else str(record["status"])
    return f"{state}, expired" if expired(record, now) else state


def _runs(words: Iterable[str]) -> str:
    """The words in order, each run of one word said once; of a long story only how many of each."""
    said = list(words)
    runs = [(word, len(list(same))) for word, same in groupby(said)]
    if len(runs) > _LONG:
        return _counted(said)
    return ", then ".join(f"{count} x {word}" if count > 1 else word for word, count in runs)


def _counted(words: Iterable[str]) -> str:
    counted = sorted(Counter(words).items())
    return ", ".join(f"{count} x {word}" if count > 1 else word for word, count in counted)
