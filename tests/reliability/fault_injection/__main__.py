"""Runs every fault of the promise and writes the table of `docs/reliability.md`.

`make reliability`; the scenarios are run as the tests run them.
"""

import sys
from collections.abc import Sequence

from tests.reliability.fault_injection.every import SCENARIOS
from tests.reliability.fault_injection.page import write
from tests.reliability.fault_injection.scenarios import Finding, run


def _say(findings: Sequence[Finding]) -> None:
    calls, requests = (sum(getattr(f, name) for f in findings) for name in ("calls", "requests"))
    runs = sum(finding.scenario.runs for finding in findings)
    slowest = max(findings, key=lambda finding: finding.longest)
    print(f"faults: {len({finding.scenario.number for finding in findings})} of 30")
    print(f"scenarios: {len(findings)}, runs: {runs}, requests: {requests}")
    print(f"upstream calls for each request: {calls / requests:.2f}")
    print(f"longest answer: {slowest.longest:.1f} s ({slowest.scenario.name})")
    print(f"invariant violations: {sum(len(finding.violations) for finding in findings)}")


def main() -> int:
    """0 when no invariant was broken; the table is written in any case."""
    findings = [run(scenario) for scenario in SCENARIOS]
    write(findings)
    _say(findings)
    broken = [f"{f.scenario.name}: {one}" for f in findings for one in f.violations]
    print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
