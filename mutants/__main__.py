"""Tests the tests: plants seeded faults in copies of our own code; each must be noticed.

`make mutants`; `python -m mutants --list` only shows them. The checkout is never changed.

Why not mutmut or cosmic-ray: both make their mutants themselves, by operators, from every line, and
take none that is written by hand. Ours break an invariant (a claim that is not in the index, a
condition of the table without its deadline), most of them inside a text that no operator reads;
and all mutants of all lines against tests that simulate time and crashes would take hours.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from mutants.planting import PlantError, plant
from mutants.seeded import SEEDED
from mutants.seeded_fault import SeededFault
from mutants.workshop import Verdict, Workshop, files_of

ROOT: Final = Path(__file__).parents[1]
_WORKERS: Final = 2
_INVARIANTS: Final = {f"I{number}" for number in (*range(1, 15), 16)}


def main() -> int:
    """0 when every fault was noticed; 1 when one survived, cannot be planted, or all was red."""
    chosen, listed = _arguments()
    if mistakes := _mistakes():
        print("\n".join(mistakes), file=sys.stderr)
        return 1
    if listed:
        for fault in chosen:
            print(f"{fault.invariant:4} {fault.name} (in {fault.where})")
        return 0
    started = time.monotonic()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as name, Progress(console=console) as progress:
        shops = [Workshop(ROOT, Path(name) / str(number)) for number in range(_WORKERS)]
        if not _sound(shops[0], chosen, progress):
            return 1
        verdicts = _try_all(shops, chosen, progress)
    Console(width=160).print(_table(verdicts))
    killed = sum(verdict.killed for verdict in verdicts)
    print(f"{killed} of {len(verdicts)} killed in {time.monotonic() - started:.0f} s")
    return 0 if killed == len(verdicts) else 1


def _arguments() -> tuple[list[SeededFault], bool]:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults with one of these in name or place")
    parser.add_argument("--list", action="store_true", help="show the faults and run nothing")
    given = parser.parse_args()
    chosen = [
        fault
        for fault in SEEDED
        if not given.words
        or any(word in f"{fault.invariant}: {fault.name} {fault.where}" for word in given.words)
    ]
    return chosen, given.list


def _mistakes() -> list[str]:
    """Why the list is not what it should be: faults that cannot be planted, or are missing."""
    found = []
    names: dict[str, str] = {}
    for fault in SEEDED:
        try:
            planted = plant(fault, ROOT)
        except PlantError as error:
            found.append(str(error))
            continue
        if planted.text in names:
            found.append(f"{fault.name}: the same as {names[planted.text]}")
        names[planted.text] = fault.name
        found += [
            f"{fault.name}: no test at {killer}"
            for killer in fault.killers
            if not any(ROOT.glob(killer))
        ]
    missing = _INVARIANTS - {fault.invariant for fault in SEEDED}
    return [*found, *(f"{invariant} has no fault" for invariant in sorted(missing))]


def _sound(shop: Workshop, chosen: list[SeededFault], progress: Progress) -> bool:
    """Whether the tests pass while nothing is wrong: else they prove nothing."""
    task = progress.add_task("tests without a fault", total=None)
    tests = sorted({test for fault in chosen for test in files_of(fault, ROOT)})
    done = shop.run(*tests, "-n", str(_WORKERS))
    progress.remove_task(task)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-1000:], file=sys.stderr)
        print("The tests fail without any fault: correct that first.", file=sys.stderr)
    return done.returncode == 0


def _try_all(shops: list[Workshop], chosen: list[SeededFault], progress: Progress) -> list[Verdict]:
    """Judge every fault, in as many copies at once as there are."""
    task = progress.add_task("seeded faults", total=len(chosen))
    free: SimpleQueue[Workshop] = SimpleQueue()
    for shop in shops:
        free.put(shop)

    def judge(fault: SeededFault) -> Verdict:
        shop = free.get()
        try:
            verdict = shop.judge(fault)
        finally:
            free.put(shop)
        progress.advance(task)
        progress.console.print(
            f"{verdict.seconds:4.0f} s  {verdict.word} {fault.invariant}: {fault.name}"
        )
        return verdict

    with ThreadPoolExecutor(len(shops)) as pool:
        return list(pool.map(judge, chosen))


def _table(verdicts: list[Verdict]) -> Table:
    table = Table("invariant", "seeded fault", "s", "noticed by")
    for verdict in verdicts:
        by = verdict.by if verdict.killed else f"{verdict.word}: {verdict.by}"
        fault = verdict.fault
        # A test id may hold brackets.
        table.add_row(fault.invariant, fault.name, f"{verdict.seconds:.0f}", escape(by))
    return table


if __name__ == "__main__":
    sys.exit(main())
