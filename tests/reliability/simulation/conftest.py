"""A gateway that is judged when the test is over: at once, and again when it has come to rest."""

import logging
from collections.abc import Iterator

import pytest

from tests.reliability.simulation.gateway import Gateway
from tests.reliability.simulation.rest import judged


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the outermost edge logs of errors nobody foresaw is expected here, by the thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with judged() as made:
        yield made
