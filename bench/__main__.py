"""`make bench`: every figure of docs/performance.md, all contenders in one run."""

import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.contenders import ROOT, contenders
from bench.measure import measure, write_events
from bench.page import CHART, PAGE, write_page
from bench.processes import BenchError, running_double
from tests.adapters.certificates import self_signed


def main() -> int:
    """0 when every figure was taken; 1 with the reason."""
    if shutil.which("valgrind") is None:
        print("`make bench` counts instructions with valgrind. Install it first.", file=sys.stderr)
        return 1
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as name, console.status("") as status:
        folder = Path(name)
        certificate = self_signed(folder).path
        try:
            with (
                running_double(certificate) as (tls, plain),
                contenders(tls, plain, certificate) as made,
            ):
                found = measure(made, plain, write_events(folder), status.update)
        except BenchError as error:
            print(error, file=sys.stderr)
            return 1
    print(write_page(found))
    print(f"Written: {PAGE.relative_to(ROOT)}, {CHART.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
