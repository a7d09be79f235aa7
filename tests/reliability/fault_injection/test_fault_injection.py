"""Every fault: no invariant breaks, and the page says what happens."""

import pytest

from tests.reliability.fault_injection.page import committed_lines, line
from tests.reliability.fault_injection.scenarios import Scenario, run, scenarios

SCENARIOS = scenarios()


@pytest.mark.parametrize("scenario", [pytest.param(each, id=each.name) for each in SCENARIOS])
def test_a_fault_breaks_no_invariant_and_does_what_the_page_says(scenario: Scenario) -> None:
    finding = run(scenario)
    assert finding.violations == []
    assert line(finding) in committed_lines()


def test_the_page_has_every_fault_and_no_other() -> None:
    named = [tuple(row.split(" | ")[:2]) for row in committed_lines()]
    assert named == [(f"| {each.number}", each.fault) for each in SCENARIOS]
    assert {each.number for each in SCENARIOS} == set(range(1, 37))
