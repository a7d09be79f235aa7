"""A scenario: one numbered fault of the promise, run as often as it has seeds."""

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from tests.reliability.cloud import Cloud
from tests.reliability.history import Cells, History, cells, history_of
from tests.reliability.invariants import violations
from tests.reliability.outputs import Outputs
from tests.reliability.recovery import Recovery
from tests.reliability.stage import Answered, Stage

Act = Callable[[Stage, Recovery], None]
SEEDS: Final = 20
# Of what has no chance in it but the selfie, its threshold and the client that posts it.
FEW: Final = 5
# More would starve each other of the second or two their deadlines leave them.
_AT_ONCE: Final = 10
_PATIENCE: Final = 20.0


@dataclass(frozen=True)
class Scenario:
    """One fault, or one form of it.

    Attributes:
        number: of the fault, 1 to 30.
        fault: what goes wrong, as the table says it.
        act: makes it go wrong and asks the gateway; recovery runs afterwards.
        seeds: how often it is run, each time with other choices.
        together: seeds run at once, ten at a time, for they mostly wait.
        options: of the `Stage`.
    """

    number: int
    fault: str
    act: Act
    seeds: int
    together: bool
    options: dict[str, Any]

    @property
    def name(self) -> str:
        """Unique and short enough to be a test's id."""
        return f"{self.number:02d} {self.fault}"


@dataclass(frozen=True)
class Finding:
    """What all seeds of a scenario showed.

    Attributes:
        number, fault, seeds: of the scenario.
        cells: the table's line; where seeds differ, each value once.
        violations: broken invariants, each with its seed.
        slowest: the answer that took the largest share of the time Lambda gave it.
        calls: how many upstream got.
        requests: how many the gateway got.
        seconds: how long all of it took.
    """

    number: int
    fault: str
    seeds: int
    cells: Cells
    violations: Sequence[str]
    slowest: Answered | None
    calls: int
    requests: int
    seconds: float


_ALL: list[Scenario] = []


def scenario(
    number: int,
    fault: str,
    *,
    seeds: int = SEEDS,
    together: bool = False,
    **options: Any,  # noqa: ANN401 - whatever a `Stage` takes
) -> Callable[[Act], Act]:
    """Register a function as the scenario of this fault; it may be given several names."""

    def register(act: Act) -> Act:
        _ALL.append(Scenario(number, fault, act, seeds, together, options))
        return act

    return register


def registered() -> list[Scenario]:
    """All scenarios, by number."""
    return sorted(_ALL, key=lambda each: each.number)


def run(of: Scenario, cloud: Cloud, outputs: Outputs) -> Finding:
    """Run every seed of a scenario and merge what they showed."""
    started = time.monotonic()
    with ExitStack() as stack:
        stages = [stack.enter_context(stage) for stage in _stages(of, cloud, outputs)]
        if of.together:
            pool = stack.enter_context(ThreadPoolExecutor(_AT_ONCE))
            each = list(pool.map(lambda stage: _once(of, stage), stages))
        else:
            each = [_once(of, stage) for stage in stages]
    lines = [line for line, *_ in each]
    merged = {name: _merged(getattr(line, name) for line in lines) for name in Cells.__slots__}
    return Finding(
        number=of.number,
        fault=of.fault,
        seeds=of.seeds,
        cells=Cells(**merged),
        violations=[
            f"seed {seed}: {broken}" for seed, (_, all_, _) in enumerate(each) for broken in all_
        ],
        slowest=max((one for _, _, h in each for one in h.answers), key=share, default=None),
        calls=sum(len(history.requests) for *_, history in each),
        requests=sum(len(history.posted) for *_, history in each),
        seconds=time.monotonic() - started,
    )


def wait_until_answered(asked: Sequence[Future[Answered]], count: int) -> None:
    """Wait until so many of these requests have their answer.

    Raises:
        TimeoutError: they have not within `_PATIENCE` seconds.
    """
    ends = time.monotonic() + _PATIENCE
    while sum(one.done() for one in asked) < count:
        if time.monotonic() > ends:
            raise TimeoutError(f"{count} of {len(asked)} should have been answered")
        time.sleep(0.005)


def share(answer: Answered | None) -> float:
    """How much of the time Lambda gave it an answer took; nothing where there was none."""
    return answer.seconds / answer.allowed if answer else 0.0


def _stages(of: Scenario, cloud: Cloud, outputs: Outputs) -> Iterator[Stage]:
    start = zlib.crc32(of.name.encode())
    for seed in range(of.seeds):
        yield Stage(cloud, outputs, start + seed, **of.options)


def _once(of: Scenario, stage: Stage) -> tuple[Cells, list[str], History]:
    recovery = Recovery(stage)
    of.act(stage, recovery)
    recovery.run()
    history = history_of(stage, recovery)
    return cells(history), violations(history), history


def _merged(values: Iterator[str]) -> str:
    return " / ".join(sorted(set(values)))
