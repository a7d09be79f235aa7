"""What the load run writes: its figures come from the answers, and the page keeps its words."""

from io import BytesIO
from math import isnan
from pathlib import Path

from PIL import Image

from tests.reliability.load.__main__ import selfie
from tests.reliability.load.page import Response, Step, percentile, write_page

ACCEPTED = [Response(201, "completed", 3.0 + number / 1000) for number in range(101)]
REFUSED = [Response(429, "rate_limited", 0.01) for _ in range(50)]
STEPS = [
    Step(0.5, 50.5, ACCEPTED, [0.02] * 101, 101),
    Step(3.0, 20.0, [*ACCEPTED, *REFUSED, Response(0, "ReadTimeout", 60.0)], [0.03] * 101, 102),
]


def test_percentiles_of_few() -> None:
    assert isnan(percentile([], 50))
    assert percentile([3.0], 99) == 3.0


def test_the_figures_are_written_and_the_words_stay(tmp_path: Path) -> None:
    page, chart = tmp_path / "page.md", tmp_path / "load.png"
    page.write_text(
        "# Load\n\n<!-- Made by `make load`: do not edit. -->\nold\n"
        "<!-- End of what `make load` makes. -->\nThe end\n"
    )
    written = set()
    for _run in range(2):
        write_page(STEPS, 16, 3.0, page=page, chart=chart)
        written.add((page.read_text(), chart.read_bytes()))
    ((text, picture),) = written
    assert text.startswith("# Load\n\n<!-- Made by")
    assert text.endswith("makes. -->\nThe end\n")
    assert "old" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert [row.strip("| ").split(" | ") for row in rows] == [
        ["2.0/s", "0.50", "101", "101", "2.0", "0", "0", "3,050, 3,095, 3,099 ms", "20, 20 ms",
         "", "1.00"],
        ["7.6/s", "3.00", "152", "101", "5.0", "50", "1", "3,050, 3,095, 3,099 ms", "30, 30 ms",
         "10 ms", "1.01"],
    ]  # fmt: skip
    with Image.open(BytesIO(picture)) as chart_drawn:
        assert (chart_drawn.format, chart_drawn.size) == ("PNG", (1200, 480))


def test_the_selfie_is_about_a_megabyte() -> None:
    with Image.open(BytesIO(selfie())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 1200))
    assert 900_000 < len(selfie()) < 1_200_000
