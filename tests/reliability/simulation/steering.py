"""What all doubles of a simulation share: who runs, which services are in trouble, what time it is.

Every double announces its effects here. Whatever runs is held, killed or met with trouble there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.doubles.clock import ManualClock
from tests.faults import Faults, Moment, Step

if TYPE_CHECKING:
    from tests.reliability.simulation.processes import Process

# Nobody outside can tell whether a process died before or after these: it is not held or killed
# there. It may meet trouble.
_INSIDE: Final = frozenset(
    {
        "breaker.state", "clock.now", "telemetry.begin", "telemetry.count", "telemetry.flush",
        "telemetry.log",
    }
)  # fmt: skip


@dataclass
class Trouble:
    """Something an effect meets: an error before it happens, or after, when its answer is lost.

    `seconds` pass first, as when a call hangs until its timeout. `times` counts down.
    """

    name: str
    effect: str
    moment: Moment
    error: Callable[[], BaseException]
    seconds: float = 0.0
    times: int = 1


class SteeredClock(ManualClock):
    """Knows the true time beside the one the gateway is told, and whose waiting it was.

    Attributes:
        skew: how many seconds the gateway's time of day is ahead of the true one.
    """

    def __init__(self, steering: "Steering") -> None:
        super().__init__(faults=steering)
        self._steering = steering
        self.skew = 0.0

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        if self._steering.running is not None:
            self._steering.running.own_seconds += seconds

    def jump(self, seconds: float) -> None:
        super().jump(seconds)
        self.skew += seconds

    def jump_everywhere(self, seconds: float) -> None:
        """Every clock there is jumps: the true time of day, too."""
        super().jump(seconds)


@dataclass
class Steering(Faults):
    """The `Faults` of all doubles.

    Attributes:
        running: the one process that runs now.
        outages: troubles that whoever runs meets.
        overran: processes that took longer than Lambda lets them, by waiting of their own.
    """

    running: "Process | None" = None
    outages: list[Trouble] = field(default_factory=list)
    overran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SteeredClock(self)

    def at(self, effect: str, moment: Moment) -> None:
        running = self.running
        if running is None:
            return
        step = Step(effect, moment)
        if effect not in _INSIDE:
            running.at(step)
        self._meet(running, step)

    @property
    def actor(self) -> str:
        return self.running.name if self.running is not None else "nobody"

    def _meet(self, running: "Process", step: Step) -> None:
        for trouble in (*running.troubles, *self.outages):
            if (trouble.effect, trouble.moment) == step and trouble.times:
                trouble.times -= 1
                running.troubled = True
                self.clock.advance(trouble.seconds)
                raise trouble.error()
