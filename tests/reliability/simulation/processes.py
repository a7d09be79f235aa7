"""Processes that take turns: at every effect one may be held, killed, or met with trouble.

A process is real code in a thread of its own, but only one runs at any time and only when it is
told to, so every interleaving is chosen by the test and comes out the same each time.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tests.faults import KilledError, Moment, Step
from tests.reliability.simulation.steering import Steering, Trouble

if TYPE_CHECKING:
    from tests.reliability.history.facts import Generation

VERIFY_SECONDS: Final = 28.0
JOB_SECONDS: Final = 60.0


class Process:
    """One invocation of a function.

    Attributes:
        began: what the gateway's clock said when it first ran.
        own_seconds: what it waited for by itself; time that passed while it was held is not its.
        troubled: whether any trouble reached it.
        refused: what the bus did not take from it for the moment.
        taken: the steps it has taken.
        held_at: the step it is about to take, while it is held.
        result: what it returned.
    """

    def __init__(
        self, name: str, work: Callable[[], Any], steering: Steering, limit: float
    ) -> None:
        self.name = name
        self.began = steering.clock.time_of_day
        self.troubles: list[Trouble] = []
        self.troubled = False
        self.refused: set[tuple[Generation, int]] = set()
        self.ended = False
        self.killed = False
        self.taken: list[Step] = []
        self.held_at: Step | None = None
        self.result: Any = None
        self.own_seconds = 0.0
        self._work = work
        self._steering = steering
        self._ends_at = steering.clock.monotonic() + limit
        self._limit = limit
        self._left: int | None = None
        self._stops_at: Step | None = None
        self._dies = False
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        # Each is released by one side to give the other its turn.
        self._turn, self._back = threading.Lock(), threading.Lock()

    def run(self) -> Any:  # noqa: ANN401 - what the function returns
        """Let it run to its end; what it returned."""
        self._go(None)
        return self.result

    def step(self, steps: int) -> None:
        """Let it run through so many steps, then hold it."""
        self._go(steps)

    def hold_at(self, effect: str, moment: Moment) -> None:
        """Let it run until it is about to take this step, and hold it there.

        `after` an effect it has happened, and nobody has heard of it yet.
        """
        self._stops_at = Step(effect, moment)
        self._go(None, held=True)

    def kill(self, after: int = 0) -> None:
        """Let it run through so many steps, then kill it between two effects."""
        self._dies = True
        self._go(after)

    def at(self, step: Step) -> None:
        """Take a step; called in the process's own flow."""
        if self._left == 0 or step == self._stops_at:
            self._stops_at = None
            self._held(step)
        self.taken.append(step)
        if self._left is not None:
            self._left -= 1
        if self._steering.clock.monotonic() > self._ends_at:
            if self.own_seconds > self._limit:
                self._steering.overran.append(self.name)
            raise KilledError("Lambda's own limit")

    def _go(self, steps: int | None, *, held: bool = False) -> None:
        if self.ended:
            return
        self._left = steps
        before, self._steering.running = self._steering.running, self
        if self._thread is None and not held and (steps is None or self._dies):
            self._flow()  # it will never be held: it needs no thread
        elif self._thread is None:
            self._turn.acquire()
            self._back.acquire()
            self._thread = threading.Thread(target=self._flow, daemon=True)
            self._thread.start()
            self._back.acquire()
        else:
            self._turn.release()
            self._back.acquire()
        self._steering.running = before
        if self._failure is not None:
            raise self._failure

    def _held(self, step: Step) -> None:
        if not self._dies:
            self.held_at = step
            self._back.release()
            self._turn.acquire()
            self.held_at = None
        if self._dies and self._left == 0:
            raise KilledError(self.name)

    def _flow(self) -> None:
        try:
            self.result = self._work()
        except KilledError:
            self.killed = True
        except BaseException as error:  # noqa: BLE001 - shown where the test is, not in the thread
            self._failure = error
        self.ended = True
        if self._thread is not None:
            self._back.release()
