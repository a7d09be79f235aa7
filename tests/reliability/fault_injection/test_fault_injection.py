"""Every fault, as often as it has seeds: no invariant breaks, and the page says what happens."""

from collections.abc import Iterator

import pytest

from tests.reliability.cloud import Cloud
from tests.reliability.matrix import SCENARIOS, observe
from tests.reliability.page import committed_lines, line
from tests.reliability.scenarios import Scenario


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud() as running:
        yield running


@pytest.mark.parametrize("scenario", [pytest.param(each, id=each.name) for each in SCENARIOS])
def test_a_fault_breaks_no_invariant_and_does_what_the_page_says(
    scenario: Scenario, cloud: Cloud
) -> None:
    observed = observe(scenario, cloud)
    assert observed.finding.violations == []
    assert observed.leaked == []
    assert line(observed.finding) in committed_lines()


def test_the_page_has_every_fault_and_no_other() -> None:
    named = [tuple(row.split(" | ")[:2]) for row in committed_lines()]
    assert named == [(f"| {each.number}", each.fault) for each in SCENARIOS]
    assert {each.number for each in SCENARIOS} == set(range(1, 31))
