"""What bodies and answers cost in memory: a program that forks for each of them.

    python -m tests.reliability.fuzz.measured

Each line of the output: its name, the status, by how many MiB the process grew, seconds of the
processor.
"""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from liveness_gateway.adapters.upstream.dialects import BadAnswerError, read_answer
from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from tests.bodies import Body, Part, encode
from tests.bodies import form as whole_form
from tests.images import chunk, drawn, png_header, segment, zlib_bomb_png
from tests.reliability.fuzz.bodies import post_event
from tests.reliability.fuzz.functions import Fuzzed


def form(*parts: Part) -> Body:
    return Body("multipart/form-data; boundary=b", encode("b", *parts))


def part(name: str, content: bytes, *headers: str) -> Part:
    return Part((f'Content-Disposition: form-data; name="{name}"', *headers), content)


def selfie_form(selfie: bytes) -> Body:
    return whole_form("curl", selfie)


def filled(selfie: bytes) -> Body:
    """The largest body there may be, with this selfie in front of nothing."""
    empty = len(selfie_form(selfie).content)
    return selfie_form(selfie + b"\0" * (MAXIMUM_BODY - empty))


def most_segments() -> bytes:
    """A JPEG that is one segment after the other, and no frame."""
    return b"\xff\xd8" + segment(0xE1, b"") * ((MAXIMUM_BODY - 4096) // 4)


BODIES: Final = {
    "30,000 x 30,000": (selfie_form(png_header(30_000, 30_000)), 422),
    "50 MB zTXt": (selfie_form(zlib_bomb_png(50)), 201),
    "50 MB zTXt, many times": (selfie_form(zlib_bomb_png(50) * 60), 201),
    "largest body": (filled(drawn("JPEG")), 201),
    "largest PNG": (filled(png_header(95, 71) + chunk(b"IDAT", b"")), 201),
    "one byte more": (Body("multipart/form-data; boundary=b", b"\0" * (MAXIMUM_BODY + 1)), 413),
    "twice as much": (Body("multipart/form-data; boundary=b", b"\0" * (2 * MAXIMUM_BODY)), 413),
    "only delimiters": (Body("multipart/form-data; boundary=b", b"--b\r\n" * 900_000), 400),
    "only line ends": (Body("multipart/form-data; boundary=b", b"--b" + b"\r\n" * 2_000_000), 400),
    "one endless header": (form(part("selfie", b"", "X: " + "a" * 4_000_000)), 413),
    "many headers": (form(part("selfie", b"", *["X: y"] * 400_000)), 413),
    "101 parts": (form(*[part(f"p{number}", b"x" * 40_000) for number in range(101)]), 413),
    "100 parts": (form(*[part(f"p{number}", b"x" * 40_000) for number in range(100)]), 400),
    "no frame": (selfie_form(most_segments()), 422),
    "fill bytes": (selfie_form(b"\xff\xd8" + b"\xff" * 4_000_000), 422),
}  # fmt: skip
FACE: Final = b'{"confidence":1,"top_left":{"x":1,"y":1},"delta":{"x":1,"y":1}}'
ANSWERS: Final = {
    "deep": (b"[" * 1_048_576, "bad answer"),
    "deep objects": (b'{"a":' * 200_000, "bad answer"),
    "many digits": (b'{"response_data":{"faces_liveness":0.' + b"9" * 1_000_000, "bad answer"),
    "many members": (b'{"response_data":{' + b'"a":1,' * 170_000 + b'"b":1}}', "bad answer"),
    "many faces": (
        b'{"response_data":{"faces_liveness":1,"faces_predicted":[%b]}}'
        % b",".join([FACE] * 15_000),
        "bad answer",
    ),
    "a crowd": (
        b'{"response_data":{"faces_liveness":1,"faces_predicted":[%b]}}' % b",".join([FACE] * 90),
        "answer",
    ),
}


def peak() -> float:
    """The most memory this process ever held, in MiB, as Linux counts it after a fork."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def send(bodies: Iterable[Body]) -> str:
    """Post one after the other; the last status."""
    function, status = Fuzzed(), 0
    for body in bodies:
        status = function.send(post_event(body)).status
        # What the test keeps of it is not what the gateway keeps.
        function.api.received.clear()
    return str(status)


def read(answer: bytes) -> str:
    """Read an answer of the liveness API."""
    try:
        read_answer(answer)
    except BadAnswerError:
        return "bad answer"
    return "answer"


def measure(name: str, work: Callable[[], str]) -> None:
    """Do this in a process of its own."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    before, started = peak(), time.process_time()
    status = work()
    seconds = time.process_time() - started
    print("measured", name, status, f"{peak() - before:.1f}", f"{seconds:.3f}", sep="|")
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Do all of it."""
    for name, (body, _) in BODIES.items():
        measure(name, partial(send, [body]))
    for name, (answer, _) in ANSWERS.items():
        measure(name, partial(read, answer))
    for count in (10, 40):
        # Each is another selfie: nothing of one may stay behind.
        many = (filled(drawn("JPEG", 20 + number)) for number in range(count))
        measure(f"{count} of the largest", partial(send, many))


if __name__ == "__main__":
    main()
