"""Answers one event, and says how much memory the process ever held: a program of its own.

    python -m tests.soak.measured EVENTS ANSWERS

EVENTS: a file with one API Gateway event a line. ANSWERS: a file of what the liveness API says.
Each line of the output: the status, the peak in MiB, the seconds.
"""

import json
import resource
import sys
import time
from pathlib import Path

from liveness_gateway.adapters.upstream.dialects import BadAnswerError, read_answer
from tests.api.gateway import Gateway
from tests.world import World


def peak() -> float:
    """The most memory this process ever held, in MiB.

    Linux counts what the parent held into `ru_maxrss` of a child, so its own figure is better.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(events: Path, answers: Path) -> None:
    """Answer all of them."""
    world = World()
    gateway = Gateway(world)
    report("start", time.monotonic())
    with events.open() as lines:
        for line in lines:
            event = json.loads(line)
            del line
            started = time.monotonic()
            report(str(gateway.send(event).status), started)
            # What the test keeps of it is not what the gateway keeps.
            event.clear()
            world.upstream.calls.clear()
    started = time.monotonic()
    try:
        read_answer(answers.read_bytes())
        report("answer", started)
    except BadAnswerError:
        report("bad answer", started)


def report(what: str, started: float) -> None:
    """One line."""
    sys.stdout.write(f"measured {what},{peak():.1f},{time.monotonic() - started:.3f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
