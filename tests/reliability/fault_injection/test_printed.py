"""The search for what must not be written finds it, in whatever way it is written."""

import base64
import logging

import pytest

from tests.reliability.cloud import Cloud
from tests.reliability.matrix import SECRETS
from tests.reliability.outputs import Outputs, RecordedTelemetry, everything_logged
from tests.reliability.recovery import Recovery
from tests.reliability.stage import APP_KEY, Stage


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found(secret: bytes) -> None:
    for written in (
        secret.decode("latin-1") if secret.isascii() else "",
        secret.hex(),
        base64.b64encode(b"x" + secret + b"yz").decode(),
    ):
        outputs = Outputs()
        outputs.write(f"before {written} after")
        assert bool(written) == bool(outputs.holds([secret]))


def test_what_the_telemetry_and_libraries_write_is_kept() -> None:
    outputs = Outputs()
    with everything_logged(outputs):
        telemetry = RecordedTelemetry(outputs, "test-outputs")
        telemetry.begin(correlation_id="the-correlation-id")
        telemetry.note("a line", level=logging.INFO)
        telemetry.count("a_metric")
        telemetry.flush()
        logging.getLogger("urllib3").warning("a warning of a library")
        logging.getLogger("some.library").debug("a detail of a library")
    for kept in ("the-correlation-id", "a line", "a_metric", "a warning of", "a detail of"):
        assert kept in outputs.getvalue()


def test_a_run_is_searched_where_it_writes() -> None:
    outputs = Outputs()
    with Cloud() as cloud, everything_logged(outputs), Stage(cloud, outputs, 1) as stage:
        recovery = Recovery(stage)
        answer = stage.post()
        recovery.run()
        leaky = stage.new_telemetry()
        leaky.begin(correlation_id=APP_KEY)
        leaky.note("a leak", level=logging.INFO)
    # Its answer, its log line, its line of the stream.
    assert outputs.getvalue().count(answer.verification_id) >= 3
    assert outputs.holds(SECRETS) == [APP_KEY]
