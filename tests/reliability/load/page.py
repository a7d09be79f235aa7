"""The load figures as a table and a chart, in `docs/reliability.md` and `docs/images/load.png`."""

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.reliability.load.steps import Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DOCS: Final = Path(__file__).resolve().parents[3] / "docs"
PAGE: Final = _DOCS / "reliability.md"
CHART: Final = _DOCS / "images" / "load.png"
_BEGIN: Final = "<!-- Made by `make load`: do not edit. -->\n"
_END: Final = "<!-- End of what `make load` makes. -->\n"
_HEAD: Final = (
    "| offered | of full | requests | 201 | 201 each second | 429 | other | 201: p50, p95, p99 "
    "| of it our own: p50, p99 | 429: p99 | upstream calls per 201 |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)
_CREATED: Final = 201
_REFUSED: Final = 429
_INK: Final = "#3b3f46"
_COLOURS: Final = {"offered": "#9aa3ad", _CREATED: "#1f7a5c", _REFUSED: "#c2572f", "p50": "#1f5fa8"}


def percentile(seconds: Sequence[float], percent: int) -> float | None:
    """The value that so many percent of a sample do not exceed; None of an empty one."""
    if len(seconds) < 2:
        return seconds[0] if seconds else None
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def write_page(
    steps: Sequence[Step],
    environments: int,
    upstream_seconds: float,
    *,
    page: Path = PAGE,
    chart: Path = CHART,
) -> None:
    """Draw the chart and put the table into the page; the rest of the page stays."""
    _draw(steps, chart)
    before, _, rest = page.read_text().partition(_BEGIN)
    table = _HEAD + "".join(_row(step) for step in steps)
    made = (
        f"Upstream answers after {upstream_seconds:.0f} s, the selfie has 1 MB, `verify` may run "
        f"{environments} times at once. Measured on {os.cpu_count()} cores ({platform.machine()}, "
        f"Python {platform.python_version()}); everything, the client too, ran on them.\n"
    )
    page.write_text(f"{before}{_BEGIN}\n{made}\n{table}\n{_END}{rest.partition(_END)[2]}")


def _row(step: Step) -> str:
    created, refused = _seconds(step, _CREATED), _seconds(step, _REFUSED)
    other = len(step.answers) - len(created) - len(refused)
    total = ", ".join(_milliseconds(percentile(created, percent)) for percent in (50, 95, 99))
    own = ", ".join(_milliseconds(percentile(step.own, percent)) for percent in (50, 99))
    columns = (
        f"{step.rate:.1f}/s", f"{step.share:.2f}", str(len(step.answers)), str(len(created)),
        f"{_rate(step, created):.1f}", str(len(refused)), str(other), f"{total} ms", f"{own} ms",
        f"{_milliseconds(percentile(refused, 99))} ms" if refused else "",
        f"{step.calls / max(1, len(created)):.2f}",
    )  # fmt: skip
    return f"| {' | '.join(columns)} |\n"


def _seconds(step: Step, status: int) -> list[float]:
    return [answer.seconds for answer in step.answers if answer.status == status]


def _rate(step: Step, seconds: Sequence[float]) -> float:
    return len(seconds) / step.seconds


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:,.0f}"


def _draw(steps: Sequence[Step], chart: Path) -> None:
    with mpl.rc_context({"font.size": 10, "text.color": _INK, "axes.labelcolor": _INK}):
        figure = Figure(figsize=(10, 4), dpi=120, layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_rates(left, steps)
        _draw_latencies(right, steps)
        # No date and no version in it: the same figures give the same file.
        figure.savefig(chart, metadata={"Software": None})


def _draw_rates(axes: "Axes", steps: Sequence[Step]) -> None:
    offered = [step.rate for step in steps]
    axes.plot(offered, offered, color=_COLOURS["offered"], linestyle=":", label="offered")
    for status, label in ((_CREATED, "verified (201)"), (_REFUSED, "refused (429)")):
        rates = [_rate(step, _seconds(step, status)) for step in steps]
        axes.plot(offered, rates, color=_COLOURS[status], marker="o", label=label)
    _dress(axes, "What becomes of the requests", "each second")


def _draw_latencies(axes: "Axes", steps: Sequence[Step]) -> None:
    def line(samples: Iterable[Sequence[float]], percent: int, colour: str, label: str) -> None:
        found = [
            (s.rate, percentile(sample, percent)) for s, sample in zip(steps, samples, strict=True)
        ]
        points = [(rate, 1000 * value) for rate, value in found if value is not None]
        axes.plot(*zip(*points, strict=True), color=colour, marker="o", label=label)

    own = [step.own for step in steps]
    line(own, 50, _COLOURS["p50"], "201: p50 of our own")
    line(own, 99, _COLOURS[_CREATED], "201: p99 of our own")
    refused = [_seconds(step, _REFUSED) for step in steps]
    if any(refused):
        line(refused, 99, _COLOURS[_REFUSED], "429: p99 of the whole answer")
    _dress(axes, "What the gateway adds to upstream's wait", "milliseconds")


def _dress(axes: "Axes", title: str, unit: str) -> None:
    axes.set_title(title, fontsize=11)
    axes.set_xlabel("requests offered each second")
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, fontsize=9)
