"""The edge of the function that runs by the clock."""

import logging
from collections.abc import Callable

from liveness_gateway.errors import LedgerUnavailable
from liveness_gateway.observability import PowertoolsJournal, location
from liveness_gateway.service import Sweeper


class SweepFunction:
    """The Lambda handler of `sweep`. Nothing but an answer leaves it; the next run goes on."""

    def __init__(self, build: Callable[[], tuple[Sweeper, PowertoolsJournal]]) -> None:
        self._build = build
        self._built: tuple[Sweeper, PowertoolsJournal] | None = None

    def __call__(self, _event: object, context: object) -> dict[str, int]:
        """Sweep once, and say how many verifications were ended."""
        try:
            if self._built is None:
                self._built = self._build()
            return {"ended": self._sweep(*self._built, context)}
        except Exception as error:  # noqa: BLE001 - the outermost edge: see the class
            logging.getLogger(__name__).critical(
                "sweep failed: %s at %s", type(error).__name__, location(error)
            )
            return {"ended": 0}

    def _sweep(self, sweeper: Sweeper, journal: PowertoolsJournal, context: object) -> int:
        journal.begin(function_request_id=getattr(context, "aws_request_id", None))
        try:
            ended = sweeper.sweep()
        except LedgerUnavailable:
            ended = 0
            journal.count("sweep_failed")
        journal.note("swept", level=logging.INFO, count=ended)
        journal.flush()
        return ended
