"""The figures as a table and a chart: `docs/performance.md` and `docs/images/performance.png`."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from bench import cost
from bench.contenders import BASELINE, EXPERT, NAMES, OTHER_FUNCTIONS, OURS, PEERS, ROOT
from bench.measure import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE: Final = ROOT / "docs" / "performance.md"
CHART: Final = ROOT / "docs" / "images" / "performance.png"
_BEGIN: Final = "<!-- Made by `make bench`: do not edit. -->\n"
_END: Final = "<!-- End of what `make bench` makes. -->\n"
_BODY: Final = 4_000_000
_OTHERS: Final = (EXPERT, *PEERS)
_COLOURS: Final = ("#1b6e6a", "#4fa3a0", "#a9d5d3")
_WRITE_UNITS: Final = 4
_WARM_TARGETS: Final = {0.2: (0.85, 1.10), 1.0: (0.60, 1.10), 4.0: (0.40, 1.50)}


def rows(found: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Each figure: what it is, the peers, ours, and what is to be reached."""
    yield from _starting(found)
    yield from _warm(found)
    yield from _counted(found)


def _named(figures: Mapping[str, float], names: Iterable[str], base: float) -> str:
    return ", ".join(f"{NAMES[name]} {figures[name] / base:.2f}" for name in names)


def _starting(found: Figures) -> Iterator[tuple[str, str, str, str]]:
    base = found.imports[BASELINE]
    peers = _named(found.imports, _OTHERS, base)
    yield (
        "import and build of `verify` / Powertools' Logger and boto3 with 3 clients",
        peers, f"{found.imports[OURS] / base:.2f}", "<= 1.00",
    )  # fmt: skip
    others = ", ".join(f"`{name}` {found.imports[name] / base:.2f}" for name in OTHER_FUNCTIONS)
    yield "the same for the other functions", "-", others, "<= 0.85"
    best = found.firsts[EXPERT]
    peers = _named(found.firsts, _OTHERS, best)
    yield (
        "initialisation and first request over TLS / the expert's",
        peers, f"{found.firsts[OURS] / best:.2f}", "<= 0.60",
    )  # fmt: skip
    alone = {name: found.firsts[name] - found.starts[name] for name in found.firsts}
    peers = ", ".join(f"{NAMES[n]} {alone[n]:.0f} M" for n in _OTHERS)
    yield (
        "of it the first request alone, which a caller waits for (instructions)",
        peers, f"{alone[OURS]:.0f} M", "<= 300 M",
    )  # fmt: skip


def _warm(found: Figures) -> Iterator[tuple[str, str, str, str]]:
    for size, taken in found.warm.items():
        best = min(taken[name] for name in PEERS)
        to_best, to_expert = _WARM_TARGETS[size]
        peers = _named(taken, PEERS, best)
        yield (
            f"warm processor time at {size:g} MB / the best peer's",
            peers, f"{taken[OURS] / best:.2f}", f"<= {to_best:.2f}",
        )  # fmt: skip
        yield (
            f"warm processor time at {size:g} MB / the expert's",
            "1", f"{taken[OURS] / taken[EXPERT]:.2f}", f"<= {to_expert:.2f}",
        )  # fmt: skip


def _counted(found: Figures) -> Iterator[tuple[str, str, str, str]]:
    peers = _named(found.peaks, _OTHERS, _BODY)
    yield (
        "memory of a 4 MB request beside its event / body",
        peers, f"{found.peaks[OURS] / _BODY:.2f}", f"<= {1.10 + 2**20 / _BODY:.2f}",
    )  # fmt: skip
    before = found.operations.index("upstream")
    yield "AWS calls in front of upstream, warm", "0", str(before), "1"
    yield "DynamoDB write units a verification", "1", str(_WRITE_UNITS), "<= 3, or ADR 0023"
    lines = found.log.splitlines()
    size = len(found.log.encode())
    yield "log lines and bytes a request", "1", f"{len(lines)}, {size}", "3, 1,100"
    cpu, log = found.warm[0.2][OURS], float(size)
    dollars = {m: cost.million(m, cpu, log, _WRITE_UNITS) for m in cost.MEMORIES}
    shown = ", ".join(f"{memory} MB ${price:.0f}" for memory, price in dollars.items())
    yield (
        "a million verifications of 3 s, egress and the liveness API left out",
        "-", f"${dollars[cost.DEPLOYED]:.0f} ({shown})", "<= $32",
    )  # fmt: skip


def write_page(found: Figures) -> str:
    """Write table and chart; the table as it was written."""
    head = "| figure | peers | ours | to reach |\n| --- | --- | --- | --- |\n"
    table = head + "".join(f"| {' | '.join(row)} |\n" for row in rows(found))
    machine = (
        f"\n{platform.machine()}, Python {platform.python_version()}; a warm request of 0.2 MB took"
        f" {1000 * found.warm[0.2][OURS]:.1f} ms of a processor here. One warm request asked, in"
        f" order: {', '.join(found.operations)}.\n"
    )
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(before + _BEGIN + table + machine + _END + after)
    _draw(found)
    return table


def _draw(found: Figures) -> None:
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    names = [OURS, *_OTHERS]
    _bars(
        left, {n: found.firsts[n] - found.starts[n] for n in names},
        {n: found.starts[n] for n in names},
    )  # fmt: skip
    left.set_title("A start over TLS, million instructions")
    left.legend(
        ["first request: a caller waits", "initialisation"], frameon=False, loc="upper right"
    )
    positions = range(len(names))
    for number, (size, taken) in enumerate(found.warm.items()):
        best = min(taken[name] for name in PEERS)
        shown = [taken[name] / best for name in names]
        places = [position + 0.27 * (number - 1) for position in positions]
        right.barh(places, shown, 0.25, color=_COLOURS[number], label=f"{size:g} MB")
    right.axvline(1, color="#888888", linewidth=0.8)
    right.set_yticks(list(positions), [NAMES[name] for name in names])
    right.invert_yaxis()
    right.set_title("A warm request / the best peer's, processor time")
    right.set_xlim(0, 2)
    right.legend(frameon=False, loc="upper right")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(CHART, dpi=110)


def _bars(axes: "Axes", first: Mapping[str, float], start: Mapping[str, float]) -> None:
    names = list(first)
    labels = [NAMES[name] for name in names]
    axes.barh(labels, [first[n] for n in names], color=_COLOURS[0])
    axes.barh(labels, [start[n] for n in names], left=[first[n] for n in names], color=_COLOURS[2])
    axes.invert_yaxis()
