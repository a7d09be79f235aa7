"""The load figures as a table and a chart, in `docs/reliability.md` and `docs/images/load.png`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

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


@dataclass(frozen=True)
class Response:
    """One request: its answer's status (0: none came) and code, and how long it took."""

    status: int
    code: str
    seconds: float


@dataclass(frozen=True)
class Step:
    """What one arrival rate showed.

    Attributes:
        share: of the rate at which every environment is busy.
        seconds: how long requests arrived.
        own: seconds each completed request took in the function beyond upstream's wait.
        calls: how many requests upstream got.
    """

    share: float
    seconds: float
    answers: Sequence[Response]
    own: Sequence[float]
    calls: int

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds

    def took(self, status: int) -> list[float]:
        """The seconds of each answer with this status."""
        return [answer.seconds for answer in self.answers if answer.status == status]


def percentile(seconds: Sequence[float], percent: int) -> float:
    """The value that so many percent of a sample do not exceed; NaN of an empty one."""
    if len(seconds) < 2:
        return seconds[0] if seconds else float("nan")
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
    created, refused = step.took(_CREATED), step.took(_REFUSED)
    columns = (
        f"{step.rate:.1f}/s", f"{step.share:.2f}", str(len(step.answers)), str(len(created)),
        f"{len(created) / step.seconds:.1f}", str(len(refused)),
        str(len(step.answers) - len(created) - len(refused)),
        _milliseconds(created, 50, 95, 99), _milliseconds(step.own, 50, 99),
        _milliseconds(refused, 99) if refused else "", f"{step.calls / max(1, len(created)):.2f}",
    )  # fmt: skip
    return f"| {' | '.join(columns)} |\n"


def _milliseconds(seconds: Sequence[float], *percents: int) -> str:
    said = (f"{percentile(seconds, percent) * 1000:,.0f}" for percent in percents)
    return f"{', '.join(said)} ms" if seconds else "-"


def _draw(steps: Sequence[Step], chart: Path) -> None:
    figure = Figure(figsize=(10, 4), dpi=120, layout="constrained")
    rates, latencies = figure.subplots(1, 2)
    offered = [step.rate for step in steps]

    def line(axes: "Axes", colour: str, label: str, values: Sequence[float]) -> None:
        axes.plot(offered, values, color=colour, marker="o", label=label)

    rates.plot(offered, offered, color="#9aa3ad", linestyle=":", label="offered")
    for status, colour, label in (
        (_CREATED, "#1f7a5c", "verified (201)"),
        (_REFUSED, "#c2572f", "refused (429)"),
    ):
        line(rates, colour, label, [len(step.took(status)) / step.seconds for step in steps])
    for percent, colour in ((50, "#1f5fa8"), (99, "#1f7a5c")):
        own = [1000 * percentile(step.own, percent) for step in steps]
        line(latencies, colour, f"201: p{percent} of our own", own)
    refused = [1000 * percentile(step.took(_REFUSED), 99) for step in steps]
    line(latencies, "#c2572f", "429: p99 of the whole answer", refused)
    _label(rates, "What becomes of the requests", "each second")
    _label(latencies, "What the gateway adds to upstream's wait", "milliseconds")
    # No date and no version in it: the same figures give the same file.
    figure.savefig(chart, metadata={"Software": None})


def _label(axes: "Axes", title: str, unit: str) -> None:
    axes.set(title=title, xlabel="requests offered each second", ylabel=unit)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)
    axes.legend(frameon=False, fontsize=9)
