"""No request and no answer can make the process swell: nothing is ever decoded or decompressed."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.reliability.fuzz.measured import ANSWERS, BODIES

ROOT: Final = Path(__file__).parents[3]
# A body of 4.4 MiB is 6 MiB of base64, in an event, which is JSON: some copies of each.
ALLOWED: Final = 48.0
# Of the processor.
LONGEST: Final = 5.0


def test_nothing_swells_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.fuzz.measured"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("|")[1:] for line in done.stdout.splitlines() if "measured|" in line]
    found = {name: (status, float(grown), float(spent)) for name, status, grown, spent in rows}
    for name, (_, expected) in {**BODIES, **ANSWERS}.items():
        status, grown, spent = found[name]
        assert status == str(expected), name
        assert grown < ALLOWED, name
        assert spent < LONGEST, name
    assert found["40 of the largest"][1] - found["10 of the largest"][1] < 16
