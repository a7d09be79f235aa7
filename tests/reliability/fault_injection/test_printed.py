"""What a run writes is searched where it is written."""

import logging

from tests.reliability.fault_injection.scenarios import run_once
from tests.reliability.fault_injection.selfies import CANARIES
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.requests import CANARIES as SECRETS


def test_a_run_that_prints_a_canary_is_seen() -> None:
    for canary in (*SECRETS, *CANARIES):

        def leak(stage: Stage, canary: bytes = canary) -> None:
            stage.post()
            logging.getLogger("some.library").debug("x%sx", canary.hex())

        stage = Stage(1)
        (violation,) = run_once(leak, stage)
        assert violation.startswith("I12")
        printed = "\n".join(stage.history.printed)
        # The log line of the answer, and a metric.
        assert str(stage.last.body["verification_id"]) in printed
        assert "CloudWatchMetrics" in printed
