"""Runs every fault of the promise, writes the table of `docs/reliability.md`: `make reliability`.

The scenarios are those of `tests/reliability`, run as the tests run them. No time is in the table:
it changes only when the gateway's behaviour does.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from tests.reliability.cloud import Cloud
from tests.reliability.matrix import SCENARIOS, Observed, observe
from tests.reliability.scenarios import Finding, share

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_BEGIN: Final = "<!-- Made by `make reliability`: do not edit. -->\n"
_END: Final = "<!-- End of what `make reliability` makes. -->\n"
_HEAD: Final = (
    "| | Fault | Runs | Answer to the caller | Final state | Upstream calls | Events |\n"
    "| --- | --- | --- | --- | --- | --- | --- |\n"
)
_PROCESSES: Final = 2


def line(finding: Finding) -> str:
    """The table's line of a scenario."""
    cells = finding.cells
    columns = (
        str(finding.number), finding.fault, str(finding.seeds), cells.answers, cells.final,
        cells.calls, cells.events,
    )  # fmt: skip
    return f"| {' | '.join(columns)} |"


def committed_lines() -> list[str]:
    """The lines of the table as the page has it."""
    table = PAGE.read_text().partition(_BEGIN)[2].partition(_END)[0]
    return table.removeprefix("\n" + _HEAD).split("\n")[:-2]


def write(findings: list[Finding]) -> None:
    """Put the table into the page, and leave the rest of the page as it is."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    after = rest.partition(_END)[2]
    body = "".join(line(finding) + "\n" for finding in findings)
    PAGE.write_text(f"{before}{_BEGIN}\n{_HEAD}{body}\n{_END}{after}")


def _observe(place: int) -> tuple[int, Observed]:
    with Cloud() as cloud:
        return place, observe(SCENARIOS[place], cloud)


def _all(console: Console) -> list[Observed]:
    found: dict[int, Observed] = {}
    with (
        ProcessPoolExecutor(_PROCESSES, get_context("spawn")) as pool,
        Progress(console=console) as progress,
    ):
        task = progress.add_task("faults", total=len(SCENARIOS))
        for done in as_completed([pool.submit(_observe, place) for place in range(len(SCENARIOS))]):
            place, observed = done.result()
            found[place] = observed
            progress.advance(task)
    return [found[place] for place in sorted(found)]


def _broken(observed: list[Observed]) -> Iterator[str]:
    for one in observed:
        name = f"{one.finding.number} {one.finding.fault}"
        yield from (f"{name}: {violation}" for violation in one.finding.violations)
        yield from (f"{name}: I12: {canary!r} was written" for canary in one.leaked)


def _say(observed: list[Observed], broken: list[str]) -> None:
    findings = [one.finding for one in observed]
    calls, requests = sum(f.calls for f in findings), sum(f.requests for f in findings)
    runs = sum(finding.seeds for finding in findings)
    slowest = max(findings, key=lambda finding: share(finding.slowest))
    print(f"faults: {len({f.number for f in findings})} of 30")
    print(f"scenarios: {len(findings)}, runs: {runs}, requests: {requests}")
    print(f"invariant violations: {len(broken)}")
    print(f"upstream calls for each request: {calls / requests:.2f}")
    print(
        f"slowest answer: {share(slowest.slowest):.0%} of the time its function had"
        f" (fault {slowest.number}, {slowest.fault})"
    )
    print(f"canaries found: {sum(len(one.leaked) for one in observed)}")
    print(*broken, sep="\n", file=sys.stderr)


def main() -> int:
    """0 when no invariant was broken; the table is written in any case."""
    observed = _all(Console(stderr=True))
    write([one.finding for one in observed])
    broken = list(_broken(observed))
    _say(observed, broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
