"""What the load run writes: its figures come from the answers, and the page keeps its words."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.reliability.load.__main__ import selfie
from tests.reliability.load.page import percentile, write_page
from tests.reliability.load.steps import Answer, Step

ACCEPTED = [Answer(201, "completed", 3.0 + number / 1000) for number in range(101)]
REFUSED = [Answer(429, "rate_limited", 0.01) for _ in range(50)]
STEPS = [
    Step(0.5, 50.5, ACCEPTED, [0.02] * 101, 101),
    Step(3.0, 20.0, [*ACCEPTED, *REFUSED, Answer(0, "ReadTimeout", 60.0)], [0.03] * 101, 102),
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(
        "# Load\n\n<!-- Made by `make load`: do not edit. -->\nold\n"
        "<!-- End of what `make load` makes. -->\nThe end\n"
    )
    return path


def test_percentiles() -> None:
    hundred = [float(number) for number in range(101)]
    assert [percentile(hundred, percent) for percent in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert percentile([], 50) is None
    assert percentile([3.0], 99) == 3.0


def test_the_figures_are_written_and_the_words_stay(page: Path, tmp_path: Path) -> None:
    for _run in range(2):
        write_page(STEPS, 16, 3.0, page=page, chart=tmp_path / "load.png")
    text = page.read_text()
    assert text.startswith("# Load\n\n<!-- Made by")
    assert text.endswith("makes. -->\nThe end\n")
    assert "old" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert [row.strip("| ").split(" | ") for row in rows[1:]] == [
        ["2.0/s", "0.50", "101", "101", "2.0", "0", "0", "3,050, 3,095, 3,099 ms", "20, 20 ms",
         "", "1.00"],
        ["7.6/s", "3.00", "152", "101", "5.0", "50", "1", "3,050, 3,095, 3,099 ms", "30, 30 ms",
         "10 ms", "1.01"],
    ]  # fmt: skip


def test_the_chart_is_a_picture(page: Path, tmp_path: Path) -> None:
    charts = [tmp_path / "one.png", tmp_path / "two.png"]
    for chart in charts:
        write_page(STEPS, 16, 3.0, page=page, chart=chart)
    assert charts[0].read_bytes() == charts[1].read_bytes()
    with Image.open(charts[0]) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 480))


def test_the_selfie_is_about_a_megabyte() -> None:
    with Image.open(BytesIO(selfie())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 1200))
    assert 900_000 < len(selfie()) < 1_200_000
