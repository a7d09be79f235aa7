"""What the oracles find in the templates of the cloud stages: a part of `make check`.

`python -m tests.oracles` synthesises, examines and prints; it ends with 1 where something is wrong.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from tests.oracles.account import Account
from tests.oracles.lint import ACCEPTED, REGIONS, lint
from tests.oracles.models.properties import Examined, examine

# Of `tests.oracles.templates`, which starts the CDK where it is imported.
STAGES: Final = ("dev", "prod")


def main() -> int:
    """Print a line for each oracle; 1 where one of them found something."""
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor() as pool:
        directory = Path(name)
        if not all(pool.map(_synthesised, [directory] * len(STAGES), STAGES)):
            return 1
        paths = sorted(directory.glob("*/liveness-gateway-*.template.json"))
        templates = [path.parent.name for path in paths]
        results = list(pool.map(_examined, paths))
    faults = [fault for found, _ in results for fault in found]
    sums = Examined()
    for _, examined in results:
        sums.checked += examined.checked
        sums.skipped |= examined.skipped
    print(f"[oracles] templates: {'; '.join(templates)}")
    print(
        f"[oracles] cfn-lint for {' and '.join(REGIONS)}, without {', '.join(ACCEPTED)};"
        f" {sums.checked} values against botocore's models,"
        f" {len(sums.skipped)} properties without a model: {len(faults)} faults"
    )
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


def _synthesised(directory: Path, stage: str) -> bool:
    command = [sys.executable, "-m", "tests.oracles.templates", str(directory), stage]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        sys.stderr.write(done.stderr)
    return done.returncode == 0


def _examined(path: Path) -> tuple[list[str], Examined]:
    """What is wrong with a template, each with the template's name before it."""
    text = path.read_text()
    examined = examine(Account.read(text, path.name.partition(".")[0]))
    faults = [f"{path.parent.name}: {fault}" for fault in (*lint(text), *examined.faults)]
    return faults, examined


if __name__ == "__main__":
    sys.exit(main())
