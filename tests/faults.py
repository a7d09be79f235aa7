"""Where a test makes the world fail: every double asks `Faults` before and after each effect.

An error raised *before* means the effect did not happen; one raised *after* means it happened and
its answer was lost. `KilledError` ends the process there: it is no `Exception`, so no code of ours
can catch it by accident. `SdkRetryError`, raised after a write of the ledger, is what botocore
does by itself when an answer is lost: it sends the same conditional write again.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Moment = Literal["before", "after"]


class KilledError(BaseException):
    """The process died here."""


class SdkRetryError(Exception):
    """The answer was lost and the SDK repeats the call."""


class Step(NamedTuple):
    """One point at which the world may fail."""

    effect: str
    moment: Moment


@dataclass
class _Plan:
    step: Step
    error: BaseException
    skip: int
    times: int


@dataclass
class Faults:
    """Scripted failures, and `steps`: all that were taken, in order."""

    steps: list[Step] = field(default_factory=list)
    _plans: list[_Plan] = field(default_factory=list)
    _acts: dict[Step, Callable[[], object]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(
        self,
        effect: str,
        error: BaseException,
        moment: Moment = "before",
        *,
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Raise `error` at this step, the `skip`-th time it is reached and `times` times."""
        self._plans.append(_Plan(Step(effect, moment), error, skip, times))

    def meanwhile(self, effect: str, act: Callable[[], object], moment: Moment = "before") -> None:
        """Let something else happen at this step, the next time it is reached."""
        self._acts[Step(effect, moment)] = act

    def clear(self) -> None:
        """Forget what was planned; `steps` stays."""
        self._plans.clear()
        self._acts.clear()

    def at(self, effect: str, moment: Moment) -> None:
        """Called by the doubles: this is the step, fail if that was asked for."""
        with self._lock:
            step = Step(effect, moment)
            self.steps.append(step)
            act = self._acts.pop(step, None)
        if act is not None:
            act()
        with self._lock:
            for plan in self._matching(step):
                if plan.skip:
                    plan.skip -= 1
                elif plan.times:
                    plan.times -= 1
                    raise plan.error

    def done(self) -> list[str]:
        """The effects that happened, in order."""
        return [step.effect for step in self.steps if step.moment == "after"]

    def _matching(self, step: Step) -> Iterator[_Plan]:
        return (plan for plan in self._plans if plan.step == step)
