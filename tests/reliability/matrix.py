"""All scenarios, and what none of them may leave in any output."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from tests.reliability.cloud import Cloud
from tests.reliability.faults_of_secrets import MALFORMED
from tests.reliability.outputs import ERROR_CANARY, Outputs, everything_logged
from tests.reliability.scenarios import Finding, Scenario, registered, run
from tests.reliability.selfies import CANARIES
from tests.reliability.stage import API_KEY, APP_KEY, FINGERPRINT_KEY

# A scenario registers itself when its module is imported.
for _module in sorted(Path(__file__).parent.glob("faults_of_*.py")):
    import_module(f"tests.reliability.{_module.stem}")

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
