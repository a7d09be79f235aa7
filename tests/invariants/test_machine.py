"""The invariants hold over thousands of sequences of anything that can happen."""

import logging
import os

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.invariants.machine import GatewayMachine


@pytest.mark.parametrize("number", range(int(os.environ.get("SHARDS", "1"))))
def test_invariants_hold(number: int) -> None:
    logging.disable(logging.CRITICAL)
    machine = seed(number)(type(f"Machine{number}", (GatewayMachine,), {}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("EX", "100")),
            stateful_step_count=30,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
