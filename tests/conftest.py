"""Fixtures every test may ask for."""

from collections.abc import Iterator

import pytest

from local.gateway import Gateway, running_gateway
from sandbox import Sandbox
from tests.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real stack, deployed once for all who post to it."""
    with running_gateway(quiet=True, directory=tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def sandbox(gateway: Gateway) -> Iterator[Sandbox]:
    """The deployed stack's upstream, with nothing in its memory."""
    assert gateway.sandbox
    gateway.sandbox.forget()
    yield gateway.sandbox
    gateway.sandbox.forget()
