"""A gateway that is checked when the test is over: at once, and again when it came to rest."""

import logging
from collections.abc import Iterator

import pytest

from tests.reliability.invariants.watch import check, check_at_rest
from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.rest import rest


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the handlers log of unexpected errors is expected here, by the thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    check(made.history)
    rest(made)
    check_at_rest(made.history)
