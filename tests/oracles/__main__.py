"""What the oracles find in the templates of the cloud stages: a part of `make check`.

`python -m tests.oracles` synthesises, examines and prints; it ends with 1 where something is wrong.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.oracles.account import Account
from tests.oracles.lint import ACCEPTED, REGIONS, lint
from tests.oracles.models.properties import Examined, examine


def main() -> int:
    """Print a line for each oracle; 1 where one of them found something."""
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "tests.oracles.templates", directory]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        if done.returncode:
            sys.stderr.write(done.stderr)
            return 1
        paths = sorted(Path(directory).glob("*/liveness-gateway-*.template.json"))
        templates = {path.parent.name: (path, path.read_text()) for path in paths}
    faults: list[str] = []
    sums = Examined()
    for name, (path, text) in templates.items():
        examined = examine(Account.read(text, path.name.partition(".")[0]))
        sums.checked += examined.checked
        sums.skipped |= examined.skipped
        faults += [f"{name}: {fault}" for fault in (*lint(text), *examined.faults)]
    print(f"[oracles] templates: {'; '.join(templates)}")
    print(
        f"[oracles] cfn-lint for {' and '.join(REGIONS)}, without {', '.join(ACCEPTED)};"
        f" {sums.checked} values against botocore's models,"
        f" {len(sums.skipped)} properties without a model: {len(faults)} faults"
    )
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
