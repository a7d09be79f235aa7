"""A scenario: one numbered fault of the promise, run as often as chance has a part in it."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Final

from tests.reliability.fault_injection.cells import cells
from tests.reliability.fault_injection.printed import everything_printed
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.invariants.judging import InvariantError
from tests.reliability.invariants.watch import check_at_rest
from tests.reliability.simulation.gateway import DAY
from tests.reliability.simulation.rest import rest

Act = Callable[[Stage], None]
# Of what has chance in it; all else is run once, with whatever selfie, threshold and client.
CHANCE: Final = 10
SOON: Final = 3.0
_ALL: Final[list["Scenario"]] = []


@dataclass(frozen=True)
class Scenario:
    """One fault, or one form of it.

    Attributes:
        number: of the fault, as docs/reliability.md counts them.
        fault: what goes wrong, as the table says it.
        act: makes it go wrong and asks the gateway; recovery runs afterwards.
        runs: how often, each time with other choices.
        retention: how long a record lives.
    """

    number: int
    fault: str
    act: Act
    runs: int
    retention: timedelta

    @property
    def name(self) -> str:
        """Unique and short enough to be a test's id."""
        return f"{self.number:02d} {self.fault}"


@dataclass(frozen=True)
class Finding:
    """What all runs of a scenario showed.

    Attributes:
        cells: the table's line; where runs differ, each value once.
        violations: broken invariants, each with its run.
    """

    scenario: Scenario
    cells: tuple[str, ...]
    violations: list[str]


def scenario(
    number: int, fault: str, *, runs: int = 1, retention: timedelta = DAY
) -> Callable[[Act], Act]:
    """Register a function as the scenario of this fault; it may be given several names."""

    def register(act: Act) -> Act:
        _ALL.append(Scenario(number, fault, act, runs, retention))
        return act

    return register


def failing(number: int, fault: str, effects: Iterable[str], *kinds: str) -> None:
    """Register the scenario of a post while these effects fail in one of these ways."""

    @scenario(number, fault, runs=CHANCE if len(kinds) > 1 else 1)
    def act(stage: Stage) -> None:
        stage.fail(effects, stage.random.choice(kinds))
        stage.post()
        # Whatever hangs before upstream is asked: the caller hears of it soon.
        assert stage.history.posts or stage.last.own_seconds <= SOON


def scenarios() -> list[Scenario]:
    """All scenarios, by number; each registers itself when its module is imported."""
    for module in ("upstream", "services", "events", "functions", "requests"):
        import_module(f"tests.reliability.fault_injection.{module}")
    return sorted(_ALL, key=lambda each: each.number)


def run(of: Scenario) -> Finding:
    """Run a scenario and merge what its runs showed."""
    start, shown, violations = zlib.crc32(of.name.encode()), [], []
    for number in range(of.runs):
        stage = Stage(start + number, of.retention)
        violations += [f"run {number}: {broken}" for broken in run_once(of.act, stage)]
        shown.append(cells(stage))
    merged = [" / ".join(sorted(set(values))) for values in zip(*shown, strict=True)]
    return Finding(of, (str(of.number), of.fault, str(of.runs), *merged), violations)


def run_once(act: Act, stage: Stage) -> list[str]:
    """Run a scenario and its recovery; the invariant that does not hold, if any."""
    with everything_printed(stage.history.printed):
        try:
            act(stage)
            rest(stage)
            check_at_rest(stage.history)
        except InvariantError as violation:
            return [str(violation)]
    return []
