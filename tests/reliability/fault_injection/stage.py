"""One run of one fault: a gateway in simulation, and what a scenario does to it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from random import Random

from tests.bodies import CLIENTS, form
from tests.canary_names import FILE_NAME
from tests.doubles.liveness_api import ScriptedOutcome
from tests.faults import Step
from tests.reliability.fault_injection.printed import PrintedTelemetry
from tests.reliability.fault_injection.selfies import CANARIES, new_selfie
from tests.reliability.history.facts import Answered
from tests.reliability.simulation.gateway import DAY, Environment, Gateway
from tests.reliability.simulation.processes import Process
from tests.reliability.simulation.requests import Request
from tests.reliability.simulation.steering import Trouble
from tests.reliability.simulation.troubles import FOREVER, trouble

# By then the calls the breaker counted are forgotten.
_APART: float = 31.0
ASKED = Step("transport.post", "after")


class Stage(Gateway):
    """A gateway, and the choices of one run.

    Attributes:
        random: makes this run's choices.
        prepared: how many answers, posts and events belong to the preparation, not to the fault.
    """

    def __init__(self, seed: int, retention: timedelta = DAY) -> None:
        super().__init__(retention, telemetry=PrintedTelemetry)
        self.history.hide(CANARIES)
        self.random = Random(seed)  # noqa: S311 - choices, not secrets
        self.prepared = (0, 0)
        self._keys = 0
        self._warm: Environment | None = None

    def request(self, key: str | None = None, *behaviours: ScriptedOutcome) -> Request:
        """A selfie that was not posted to this stage before, in the form of some client."""
        image = new_selfie(self.random)
        # Of three characters, as one of these clients needs it.
        threshold = self.random.choice(("0.5", "0.6", "0.7"))
        client = self.random.choice(sorted(CLIENTS))
        self._keys += 1
        return Request(
            image=image,
            threshold=Decimal(threshold),
            key=key or f"key-{self._keys}",
            behaviours=behaviours,
            body=form(client, image, threshold=threshold, file_name=FILE_NAME),
        )

    def post(self, *behaviours: ScriptedOutcome, on: Environment | None = None) -> None:
        """Post a new selfie, to a new environment unless one is named, and wait for its answer."""
        self.send(self.request(None, *behaviours), on)

    def post_warm(self, *behaviours: ScriptedOutcome, count: int = 1, after: float = 0.0) -> None:
        """After so many seconds, post to one and the same environment."""
        self.clock.advance(after)
        self._warm = self._warm or self.environment()
        for _ in range(count):
            self.post(*behaviours, on=self._warm)

    def post_apart(self, *behaviours: ScriptedOutcome) -> None:
        """Post when the breaker has forgotten what was before."""
        self.clock.advance(_APART)
        self.post(*behaviours)

    def send(self, request: Request, on: Environment | None = None) -> None:
        self.begin(request, on).run()

    def begin(self, request: Request, on: Environment | None = None) -> Process:
        return self.ask(request, on=on or self.environment())

    def post_and_hold(self, *behaviours: ScriptedOutcome) -> Process:
        """A post that is held when the liveness API has answered and nobody heard it yet."""
        process = self.begin(self.request(None, *behaviours))
        process.hold_at(*ASKED)
        return process

    def crowd(self, request: Request, count: int) -> None:
        """Equal requests at once, in any order; the one that asks is answered last."""
        waiting = [self.begin(request) for _ in range(count)]
        while len(waiting) > 1:
            one = self.random.choice([each for each in waiting if each.held_at != ASKED])
            one.step(1)
            waiting = [each for each in waiting if not each.ended]
        waiting[0].run()

    def fail(self, effects: Iterable[str], kind: str, times: int = FOREVER) -> None:
        """From now on whoever does one of these meets this trouble, so many times."""
        self.steering.outages += [trouble(effect, kind, times) for effect in effects]

    def raise_at(self, step: Step, error: Callable[[], BaseException], times: int = 1) -> None:
        """Whoever takes this step next meets this error."""
        self.steering.outages.append(Trouble("raised", *step, error, times=times))

    def deliver(self) -> None:
        """Deliver what is new in the stream until it was taken, as Lambda does."""
        self.insist(self.new_in_stream())

    def insist(self, numbers: Iterable[str]) -> None:
        """Deliver these; from the first that failed on they come again, until none fails."""
        batch = sorted(numbers)
        while batch:
            again = self.publish(batch).run()
            batch = [number for number in batch if again and number >= min(again)]

    def kept(self) -> int:
        """Give every message of the emergency queue to `recover`; how many it stored."""
        return int(self.recover(list(self.emergency.messages)).run())

    def prepare(self, count: int = 10) -> list[str]:
        """Verifications that ended well, and were not the fault; what the stream has of them."""
        for _ in range(count):
            self.post()
        return self.prepared_now()

    def prepared_now(self) -> list[str]:
        """All that was until now is preparation; what the stream has of it."""
        self.prepared = (len(self.history.answers), len(self.history.posts))
        return list(self.new_in_stream())

    @property
    def last(self) -> Answered:
        return self.history.answers[-1]
