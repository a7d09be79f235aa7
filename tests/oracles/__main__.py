"""What the oracles find in the templates of the cloud stages: a part of `make check`.

`python -m tests.oracles` synthesises, examines and prints; it ends with 1 where something is wrong.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.oracles import quotas
from tests.oracles.account import Account
from tests.oracles.grants import grants
from tests.oracles.grants.recording import Call, recorded_calls
from tests.oracles.lint import ACCEPTED, REGIONS, lint
from tests.oracles.models.properties import examine
from tests.oracles.preflights import preflights

# Of `tests.oracles.templates`, which starts the CDK where it is imported.
STAGES: Final = ("dev", "prod")


@dataclass
class Found:
    """What the oracles found: the faults, each with its template, and how much was looked at."""

    faults: list[str] = field(default_factory=list)
    values: int = 0
    unmodelled: set[str] = field(default_factory=set)
    tuples: int = 0
    preflights: int = 0
    quotas: int = 0

    def add(self, other: "Found") -> None:
        """Count what another template has, too."""
        self.faults += other.faults
        self.values += other.values
        self.unmodelled |= other.unmodelled
        self.tuples += other.tuples
        self.preflights += other.preflights
        self.quotas += other.quotas


def main() -> int:
    """Print a line for each oracle; 1 where one of them found something."""
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor() as pool:
        directory = Path(name)
        recorded = pool.submit(recorded_calls)
        if not all(pool.map(_synthesised, [directory] * len(STAGES), STAGES)):
            return 1
        paths = sorted(directory.glob("*/liveness-gateway-*.template.json"))
        calls = [recorded.result()] * len(paths)
        found = Found()
        for one in pool.map(_examined, paths, calls):
            found.add(one)
    _say(found, [path.parent.name for path in paths], len(calls[0]))
    for fault in found.faults:
        print(fault, file=sys.stderr)
    return bool(found.faults)


def _say(found: Found, templates: list[str], recorded: int) -> None:
    agree = "equal" if found.tuples == recorded * len(templates) else "not equal"
    models = f"{found.values} values against botocore's models"
    lines = {
        "templates": "; ".join(templates),
        "cfn-lint": f"for {' and '.join(REGIONS)}, without {', '.join(ACCEPTED)}",
        "properties": f"{models}, {len(found.unmodelled)} properties without a model",
        "quotas": f"{found.quotas} figures compared",
        "grants": f"{recorded} tuples (function, action, resource) recorded; granted: {agree}",
        "preflights": f"{found.preflights} run by an engine for Velocity templates",
        "faults": str(len(found.faults)),
    }
    for oracle, line in lines.items():
        print(f"[oracles] {oracle}: {line}")


def _synthesised(directory: Path, stage: str) -> bool:
    command = [sys.executable, "-m", "tests.oracles.templates", str(directory), stage]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        sys.stderr.write(done.stderr)
    return done.returncode == 0


def _examined(path: Path, recorded: set[Call]) -> Found:
    text = path.read_text()
    account = Account.read(text, path.name.partition(".")[0])
    examined = examine(account)
    granted, tuples = grants.faults(account, recorded)
    asked, preflights_run = preflights.faults(account)
    above, figures = quotas.faults(account, text)
    faults = [*lint(text), *examined.faults, *granted, *asked, *above]
    return Found(
        [f"{path.parent.name}: {fault}" for fault in faults],
        examined.checked,
        examined.skipped,
        tuples,
        preflights_run,
        figures,
    )


if __name__ == "__main__":
    sys.exit(main())
