"""Takes every figure, all contenders in one run."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from bench.contenders import BASELINE, OTHER_FUNCTIONS, OURS, Contender, Contenders
from bench.processes import BenchError, Warm, asked, instructions, peak_memory
from tests.api.events import post_event, selfie_form
from tests.images import drawn

SIZES: Final = (0.2, 1.0, 4.0)
_ROUNDS: Final = 9
_CALLS: Final = {0.2: 60, 1.0: 30, 4.0: 12}
Say = Callable[[str], None]


@dataclass
class Figures:
    """What was measured; instructions in millions, times in seconds of processor time.

    Attributes:
        imports: import and build, by contender or function, without the interpreter's own.
        starts: initialisation over TLS.
        firsts: initialisation and the first request over TLS.
        warm: of a request, by size in MB and contender; medians.
        peaks: bytes of memory beside the event, of a body of 4 MB.
        operations: what one warm request asks of AWS and upstream, in order.
        log: what one warm request of ours writes.
    """

    imports: dict[str, float] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    firsts: dict[str, float] = field(default_factory=dict)
    warm: dict[float, dict[str, float]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    log: str = ""


def measure(made: Contenders, plain: int, events: dict[float, Path], say: Say) -> Figures:
    """Take them all."""
    found = Figures()
    small = events[min(events)]
    for name, contender in made.all(tls=False).items():
        say(f"answers: {name}")
        check(contender, plain, events)
        found.peaks[name] = peak_memory(contender, events[4.0])
    _starts(made, small, found, say)
    _warm(made.all(tls=False), events, found, say)
    with Warm(made.ours(OURS, tls=False)) as ours:
        ours.ask(small, 2)
        asked(plain)
        found.log = ours.ask(small, 1)["log"]
        found.operations = asked(plain)
    return found


def check(contender: Contender, plain: int, events: dict[float, Path]) -> None:
    """Ask once for each size.

    Raises:
        BenchError: an answer is wrong, or upstream was sent another selfie or none.
    """
    asked(plain, "selfies")
    with Warm(contender) as one:
        for size, event in events.items():
            one.ask(event, 1)
            if asked(plain, "selfies") != [hashlib.sha256(_picture(size)).hexdigest()]:
                raise BenchError(f"{contender.module}: upstream got another selfie of {size} MB")


def _starts(made: Contenders, small: Path, found: Figures, say: Say) -> None:
    nothing = Contender("nothing", made.peer(BASELINE, tls=True).command, {})
    empty = instructions(nothing, 0, small)
    for name in (BASELINE, OURS, *OTHER_FUNCTIONS):
        say(f"import and build: {name}")
        contender = made.peer(name, tls=True) if name == BASELINE else made.ours(name, tls=True)
        found.imports[name] = instructions(_building(contender), 0, small) - empty
    for name, contender in made.all(tls=True).items():
        say(f"initialisation and first request: {name}")
        started = contender.initialised()
        found.starts[name] = instructions(started, 0, small) - empty
        found.firsts[name] = instructions(started, 1, small) - empty
        found.imports.setdefault(name, found.starts[name])


def _building(contender: Contender) -> Contender:
    """With no secret to read, so that it is import and build alone."""
    variables = {**contender.variables, "BENCH_BUILD": "1"}
    return Contender(contender.module, contender.command, variables)


def _warm(
    contenders: dict[str, Contender], events: dict[float, Path], found: Figures, say: Say
) -> None:
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(Warm(contender)) for name, contender in contenders.items()
        }
        for size, event in events.items():
            taken: dict[str, list[float]] = {name: [] for name in running}
            for turn in range(_ROUNDS + 1):
                say(f"warm, {size} MB: round {turn} of {_ROUNDS}")
                for name, one in running.items():
                    cpu = one.ask(event, _CALLS[size] if turn else 3)["cpu"]
                    if turn:
                        taken[name].append(cpu)
            found.warm[size] = {name: median(times) for name, times in taken.items()}


def write_events(folder: Path) -> dict[float, Path]:
    """An event of API Gateway for each size in MB."""
    found = {}
    for size in SIZES:
        event = post_event(selfie_form(_picture(size)))
        found[size] = folder / f"{size}.json"
        found[size].write_text(json.dumps(event))
    return found


def _picture(size: float) -> bytes:
    """A JPEG of so many MB, with nothing in it that is not forwarded."""
    jpeg = drawn("JPEG")
    return jpeg[:-2].ljust(int(size * 1e6) - 2, b"\0") + jpeg[-2:]
