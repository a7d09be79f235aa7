"""No request and no answer can make the process swell: nothing is ever decoded or decompressed."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from tests.bodies import Body, Part, encode
from tests.bodies import form as whole_form
from tests.images import chunk, drawn, png_header, segment, zlib_bomb_png

ROOT: Final = Path(__file__).parents[3]
# A body of 4.5 MiB is 6 MiB of base64, in an event, which is JSON: some copies of each.
ALLOWED: Final = 48.0
# Of the processor.
LONGEST: Final = 5.0


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


# The largest bodies there may be, each another selfie: nothing of one may stay behind.
MANY: Final = [filled(drawn("JPEG", 20 + number)) for number in range(40)]


def measured(folder: Path) -> dict[str, tuple[str, float, float]]:
    """What the program says of each: status, growth in MiB, seconds."""
    bodies = {name: [body] for name, (body, _) in BODIES.items()}
    bodies |= {"10 of the largest": MANY[:10], "40 of the largest": MANY}
    work = [
        {"name": name, "events": [[one.content_type, _text(one.content)] for one in several]}
        for name, several in bodies.items()
    ]
    answers = [{"name": name, "answer": _text(answer)} for name, (answer, _) in ANSWERS.items()]
    listed = folder / "work"
    listed.write_text("".join(f"{json.dumps(one)}\n" for one in [*work, *answers]))
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-m", "tests.reliability.fuzz.measured", str(listed)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("|")[1:] for line in done.stdout.splitlines() if "measured|" in line]
    return {name: (status, float(grown), float(spent)) for name, status, grown, spent in rows}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


EXPECTED: Final = {
    **{name: str(status) for name, (_, status) in BODIES.items()},
    **{name: outcome for name, (_, outcome) in ANSWERS.items()},
}


def test_nothing_swells_the_process(tmp_path: Path) -> None:
    found = measured(tmp_path)
    for name, expected in EXPECTED.items():
        status, grown, spent = found[name]
        assert status == expected, name
        assert grown < ALLOWED, name
        assert spent < LONGEST, name
    assert found["40 of the largest"][1] - found["10 of the largest"][1] < 16
