"""The state of a sandbox: scripted outcomes, received requests, credentials."""

import threading
from collections.abc import Callable
from typing import Unpack

from sandbox.credentials import Credentials
from sandbox.outcomes import scripted
from sandbox.records import CanaryVisit, ReceivedRequest, Records
from sandbox.scripted_outcomes import Options, OutcomeQueue


class State:
    """Outcomes, records and credentials. Every method may be called from any thread."""

    def __init__(self, app_id: str, app_key: str, log: Callable[[str], None] | None = None) -> None:
        self.credentials = Credentials(app_id, app_key)
        self.records = Records()
        self.queue = OutcomeQueue(scripted("live"))
        self.stopping = threading.Event()
        self.delays_end = threading.Event()
        self._log = log

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """The verification requests received, oldest first."""
        return self.records.requests

    @property
    def canary_visits(self) -> tuple[CanaryVisit, ...]:
        """Requests to the address that the outcome `redirect` names."""
        return self.records.canary

    def next(self, outcome: str, count: int = 1, **options: Unpack[Options]) -> None:
        """Script the outcome of the next `count` requests, after those already queued.

        Raises:
            InvalidOutcomeError: there is no such outcome, or it cannot have these options.
        """
        self.queue.add(scripted(outcome, options), count)

    def set_default(self, outcome: str, **options: Unpack[Options]) -> None:
        """Script the outcome of every request that finds the queue empty.

        Raises:
            InvalidOutcomeError: there is no such outcome, or it cannot have these options.
        """
        self.queue.set_default(scripted(outcome, options))

    def forget(self) -> None:
        """Forget requests and canary visits, empty the queue, and set the default to `live`."""
        self.records.clear()
        self.queue.clear()
        self.queue.set_default(scripted("live"))

    def end_delays(self) -> None:
        """End the delays of the requests received so far, whatever was scripted for them."""
        ended, self.delays_end = self.delays_end, threading.Event()
        ended.set()

    def rotate(self, app_id: str, app_key: str) -> None:
        """Require these credentials from now on."""
        self.credentials = Credentials(app_id, app_key)

    def log(self, line: str) -> None:
        """Pass a line to the log, if there is one."""
        if self._log:
            self._log(line)
