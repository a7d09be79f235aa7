"""The schedule that starts `sweep`."""

import logging

from liveness_gateway.entrypoints.batch import Event, Result
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.ports import LedgerUnavailableError
from liveness_gateway.verifications.recovery import Sweeper


class Sweep:
    """Ends overdue verifications, and says how many; the next run goes on after a failure."""

    def __init__(self, sweeper: Sweeper, telemetry: InvocationTelemetry) -> None:
        self._sweeper = sweeper
        self.telemetry = telemetry

    def run(self, _: Event) -> Result:
        """Sweep once."""
        try:
            ended = self._sweeper.sweep()
        except LedgerUnavailableError:
            ended = 0
            self.telemetry.count("sweep_failed")
        self.telemetry.log("swept", level=logging.INFO, count=ended)
        return {"ended": ended}


def nothing_swept(_: Event) -> Result:
    """The result of a sweep that an unexpected error ended."""
    return {"ended": 0}
