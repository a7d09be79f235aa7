"""Runs every fault of the promise and writes the table of `docs/reliability.md`.

`make reliability`; the scenarios are run as the tests run them.
"""

import sys

from tests.reliability.fault_injection.page import write
from tests.reliability.fault_injection.scenarios import run, scenarios

SCENARIOS = scenarios()


def main() -> int:
    """0 when no invariant was broken; the table is written in any case."""
    findings = [run(scenario) for scenario in SCENARIOS]
    write(findings)
    broken = [f"{f.scenario.name}: {one}" for f in findings for one in f.violations]
    print(f"faults: {len({scenario.number for scenario in SCENARIOS})}")
    print(f"scenarios: {len(SCENARIOS)}, runs: {sum(scenario.runs for scenario in SCENARIOS)}")
    print(f"invariant violations: {len(broken)}")
    print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
