"""What a run writes is searched where it is written."""

import logging

from tests.reliability.fault_injection.printed import PrintedTelemetry, everything_printed
from tests.reliability.fault_injection.scenarios import run_once
from tests.reliability.fault_injection.selfies import CANARIES
from tests.reliability.fault_injection.stage import Stage
from tests.reliability.simulation.requests import CANARIES as SECRETS


def test_what_the_telemetry_and_libraries_write_is_kept() -> None:
    lines: list[str] = []
    with everything_printed(lines):
        telemetry = PrintedTelemetry()
        telemetry.begin(correlation_id="the-correlation-id")
        telemetry.log("a line", level=logging.INFO)
        telemetry.count("requests")
        telemetry.flush()
        logging.getLogger("urllib3").warning("a warning of a library")
        logging.getLogger("some.library").debug("a detail of a library")
    for kept in ("the-correlation-id", "a line", "requests", "a warning of", "a detail of"):
        assert kept in "\n".join(lines)


def test_a_run_that_prints_a_canary_is_seen() -> None:
    for canary in (*SECRETS, *CANARIES):

        def leak(stage: Stage, canary: bytes = canary) -> None:
            stage.post()
            logging.getLogger("some.library").debug("x%sx", canary.hex())

        stage = Stage(1)
        (violation,) = run_once(leak, stage)
        assert violation.startswith("I12")
        # The log line of the answer, and the answer itself.
        uid = str(stage.last.body["verification_id"])
        assert any(uid in line for line in stage.history.printed)


def test_a_run_that_breaks_the_promise_is_seen() -> None:
    def forget(stage: Stage) -> None:
        stage.post()
        stage.history.writes.pop()

    assert run_once(forget, Stage(1))[0].startswith("I6")
