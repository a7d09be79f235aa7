"""What bodies and answers cost in memory: a program that forks for each of them.

    python -m tests.reliability.fuzz.measured

Each line of the output: its name, the status, by how many MiB the process grew, seconds of the
processor.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from liveness_gateway.adapters.upstream.answers import BadAnswerError, read_answer
from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from tests.bodies import Body, Part, encode, form
from tests.images import chunk, drawn, png_header, segment, zlib_bomb_png
from tests.reliability.fuzz.bodies import post_event
from tests.reliability.fuzz.functions import Fuzzed

_DELIMITED: Final = "multipart/form-data; boundary=b"


def _parts(count: int, name: str, content: bytes, *headers: str) -> Body:
    """Several equal parts; in the name `{}` is the number of the part."""
    parts = [
        Part((f'Content-Disposition: form-data; name="{name.format(n)}"', *headers), content)
        for n in range(count)
    ]
    return Body(_DELIMITED, encode("b", *parts))


def _selfie(selfie: bytes) -> Body:
    return form("curl", selfie)


def _filled(selfie: bytes) -> Body:
    """The largest body there may be, with this selfie in front of nothing."""
    return _selfie(selfie + b"\0" * (MAXIMUM_BODY - len(_selfie(selfie).content)))


def _answer(faces: int) -> bytes:
    face = b'{"confidence":1,"top_left":{"x":1,"y":1},"delta":{"x":1,"y":1}}'
    listed = b",".join([face] * faces)
    return b'{"response_data":{"faces_liveness":1,"faces_predicted":[%b]}}' % listed


# A JPEG that is one segment after the other, and no frame.
_SEGMENTS: Final = b"\xff\xd8" + segment(0xE1, b"") * ((MAXIMUM_BODY - 4096) // 4)
BODIES: Final = {
    "30,000 x 30,000": (_selfie(png_header(30_000, 30_000)), 422),
    "50 MB zTXt": (_selfie(zlib_bomb_png(50)), 201),
    "50 MB zTXt, many times": (_selfie(zlib_bomb_png(50) * 60), 201),
    "largest body": (_filled(drawn("JPEG")), 201),
    "largest PNG": (_filled(png_header(95, 71) + chunk(b"IDAT", b"")), 201),
    "one byte more": (Body(_DELIMITED, b"\0" * (MAXIMUM_BODY + 1)), 413),
    "twice as much": (Body(_DELIMITED, b"\0" * (2 * MAXIMUM_BODY)), 413),
    "only delimiters": (Body(_DELIMITED, b"--b\r\n" * 900_000), 400),
    "only line ends": (Body(_DELIMITED, b"--b" + b"\r\n" * 2_000_000), 400),
    "one endless header": (_parts(1, "selfie", b"", "X: " + "a" * 4_000_000), 413),
    "many headers": (_parts(1, "selfie", b"", *["X: y"] * 400_000), 413),
    "101 parts": (_parts(101, "p{}", b"x" * 40_000), 413),
    "100 parts": (_parts(100, "p{}", b"x" * 40_000), 400),
    "no frame": (_selfie(_SEGMENTS), 422),
    "fill bytes": (_selfie(b"\xff\xd8" + b"\xff" * 4_000_000), 422),
}
ANSWERS: Final = {
    "deep": (b"[" * 1_048_576, "bad answer"),
    "deep objects": (b'{"a":' * 200_000, "bad answer"),
    "many digits": (b'{"response_data":{"faces_liveness":0.' + b"9" * 1_000_000, "bad answer"),
    "many members": (b'{"response_data":{' + b'"a":1,' * 170_000 + b'"b":1}}', "bad answer"),
    "many faces": (_answer(15_000), "answer"),
    "a crowd": (_answer(90), "answer"),
}


def _peak() -> float:
    """The most memory this process ever held, in MiB, as Linux counts it after a fork."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _send(bodies: Iterable[Body]) -> str:
    """Post one after the other; the last status."""
    function, status = Fuzzed(), 0
    for body in bodies:
        status = function.send(post_event(body))["statusCode"]
        # What the test keeps of it is not what the gateway keeps.
        function.liveness_api.received.clear()
    return str(status)


def _read(answer: bytes) -> str:
    try:
        read_answer(answer)
    except BadAnswerError:
        return "bad answer"
    return "answer"


def _measure(name: str, work: Callable[[], str]) -> None:
    """Do this in a process of its own."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    before, started = _peak(), time.process_time()
    status = work()
    seconds = time.process_time() - started
    print("measured", name, status, f"{_peak() - before:.1f}", f"{seconds:.3f}", sep="|")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    for name, (body, _) in BODIES.items():
        _measure(name, partial(_send, [body]))
    for kind, (answer, _expected) in ANSWERS.items():
        _measure(kind, partial(_read, answer))
    for count in (10, 40):
        # Each is another selfie: nothing of one may stay behind.
        many = (_filled(drawn("JPEG", 20 + number)) for number in range(count))
        _measure(f"{count} of the largest", partial(_send, many))
