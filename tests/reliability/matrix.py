"""All scenarios, and what none of them may leave in any output."""

from dataclasses import dataclass
from typing import Final

from tests.reliability import (
    faults_of_answers,
    faults_of_clocks,
    faults_of_code,
    faults_of_death,
    faults_of_events,
    faults_of_repetition,
    faults_of_secrets,
    faults_of_tables,
    faults_of_upstream,
)
from tests.reliability.cloud import Cloud
from tests.reliability.faults_of_secrets import MALFORMED
from tests.reliability.outputs import ERROR_CANARY, Outputs, everything_logged
from tests.reliability.scenarios import Finding, Scenario, registered, run
from tests.reliability.selfies import CANARIES
from tests.reliability.stage import API_KEY, APP_KEY, FINGERPRINT_KEY

FAULTS: Final = (
    faults_of_answers,
    faults_of_clocks,
    faults_of_code,
    faults_of_death,
    faults_of_events,
    faults_of_repetition,
    faults_of_secrets,
    faults_of_tables,
    faults_of_upstream,
)
"""The modules whose import registers the scenarios."""

SCENARIOS: Final = tuple(registered())
SECRETS: Final = (
    *(text.encode() for text in (API_KEY, APP_KEY, FINGERPRINT_KEY, ERROR_CANARY, MALFORMED)),
    *CANARIES,
)


@dataclass(frozen=True)
class Observed:
    """A finding, and which of `SECRETS` its run wrote anywhere."""

    finding: Finding
    leaked: list[str]


def observe(scenario: Scenario, cloud: Cloud) -> Observed:
    """Run a scenario and search everything it wrote."""
    outputs = Outputs()
    with everything_logged(outputs):
        finding = run(scenario, cloud, outputs)
    return Observed(finding, outputs.holds(SECRETS))
