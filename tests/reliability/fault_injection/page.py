"""The table of `docs/reliability.md`: read, and written anew by `make reliability`.

No time is in the table: it changes only when the gateway's behaviour does.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.reliability.fault_injection.scenarios import Finding

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "reliability.md"
_BEGIN: Final = "<!-- Made by `make reliability`: do not edit. -->\n"
_END: Final = "<!-- End of what `make reliability` makes. -->\n"
_HEAD: Final = (
    "| | Fault | Runs | Answer to the caller | Final state | Upstream calls | Events |\n"
    "| --- | --- | --- | --- | --- | --- | --- |\n"
)


def line(finding: Finding) -> str:
    return f"| {' | '.join(finding.cells)} |"


def committed_lines() -> list[str]:
    """The lines of the table as the page has it."""
    table = PAGE.read_text().partition(_BEGIN)[2].partition(_END)[0]
    return table.removeprefix("\n" + _HEAD).split("\n")[:-2]


def write(findings: Sequence[Finding]) -> None:
    """Put the table into the page, and leave the rest of the page as it is."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    after = rest.partition(_END)[2]
    body = "".join(line(finding) + "\n" for finding in findings)
    PAGE.write_text(f"{before}{_BEGIN}\n{_HEAD}{body}\n{_END}{after}")
