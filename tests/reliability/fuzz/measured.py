"""Answers events and reads answers, each in a fork, and says how much memory it took.

    python -m tests.reliability.fuzz.measured WORK

WORK: a file of JSON lines, `{"name", "events"}` or `{"name", "answer"}`; bytes are base64. Each
line of the output: name, status, by how many MiB the process grew, seconds of the processor.
"""

import base64
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from liveness_gateway.adapters.upstream.dialects import BadAnswerError, read_answer
from tests.bodies import Body
from tests.reliability.fuzz.bodies import post_event
from tests.reliability.fuzz.functions import Fuzzed


def peak() -> float:
    """The most memory this process ever held, in MiB, as Linux counts it after a fork."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def do(work: dict[str, Any]) -> str:
    """Do one line of work; the last status."""
    if "answer" in work:
        try:
            read_answer(base64.b64decode(work["answer"]))
        except BadAnswerError:
            return "bad answer"
        return "answer"
    function, status = Fuzzed(), 0
    for content_type, content in work["events"]:
        event = post_event(Body(content_type, base64.b64decode(content)))
        status = function.send(event).status
        # What the test keeps of it is not what the gateway keeps.
        event.clear()
        function.api.received.clear()
    return str(status)


def measure(work: dict[str, Any]) -> None:
    """Do one line of work in a process of its own."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    before, started = peak(), time.process_time()
    status = do(work)
    seconds = time.process_time() - started
    print("measured", work["name"], status, f"{peak() - before:.1f}", f"{seconds:.3f}", sep="|")
    sys.stdout.flush()
    os._exit(0)


def main(listed: Path) -> None:
    """Do all of it."""
    Fuzzed()
    sys.stdout.flush()
    with listed.open() as lines:
        for line in lines:
            measure(json.loads(line))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
