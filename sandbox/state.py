"""What the sandbox was told, and what it has received."""

import threading
from collections.abc import Callable
from typing import Unpack

from sandbox.forms import Credentials
from sandbox.outcomes import order
from sandbox.records import CanaryVisit, ReceivedRequest, Records
from sandbox.scripted_outcomes import Particulars, Script


class State:
    """Orders, records and credentials. Every method may be called from any thread."""

    def __init__(self, app_id: str, app_key: str, say: Callable[[str], None] | None = None) -> None:
        self.credentials = Credentials(app_id, app_key)
        self.records = Records()
        self.script = Script(order("live", {}))
        self.stopping = threading.Event()
        self._say = say

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """The verification requests received, oldest first."""
        return self.records.requests

    @property
    def canary_visits(self) -> tuple[CanaryVisit, ...]:
        """Requests to the address that redirects lead to."""
        return self.records.canary

    def next(self, outcome: str, count: int = 1, **particulars: Unpack[Particulars]) -> None:
        """Order what comes next, after what is already queued."""
        self.script.add(order(outcome, particulars), count)

    def set_default(self, outcome: str, **particulars: Unpack[Particulars]) -> None:
        """Order what comes whenever nothing is queued."""
        self.script.set_default(order(outcome, particulars))

    def forget(self) -> None:
        """Forget requests, canary visits, the queue and the default."""
        self.records.forget()
        self.script.clear()
        self.script.set_default(order("live", {}))

    def rotate(self, app_id: str, app_key: str) -> None:
        """Demand other credentials from now on."""
        self.credentials = Credentials(app_id, app_key)

    def say(self, line: str) -> None:
        """Tell the program's reader, if there is one."""
        if self._say:
            self._say(line)
