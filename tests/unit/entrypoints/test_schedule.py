"""`sweep`: overdue verifications are ended once, and a failed run is counted."""

import pytest

from liveness_gateway.verifications.model import Status
from tests.unit.entrypoints.batches import Batches
from tests.world import refused
from tests.written_telemetry import counted

Output = pytest.CaptureFixture[str]


def test_overdue_verifications_are_ended_once(batches: Batches, capsys: Output) -> None:
    overdue = {batches.claim().verification_id for _ in range(2)}
    batches.claim(age=1)
    assert [batches.sweep(), batches.sweep()] == [2, 0]
    assert counted(capsys) == {"verification_unknown": 2}
    found = {one.verification_id: one.status for one in batches.world.records()}
    assert {key for key, status in found.items() if status is Status.UNKNOWN} == overdue


def test_a_sweep_while_the_table_is_down_is_counted(batches: Batches, capsys: Output) -> None:
    batches.claim()
    batches.world.faults.fail("table.query", refused())
    assert batches.sweep() == 0
    assert counted(capsys) == {"sweep_failed": 1}
    assert batches.sweep() == 1
