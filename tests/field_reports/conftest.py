"""A liveness API on a real socket, and the functions in front of it."""

from collections.abc import Iterator

import pytest

from tests.api.gateway import Gateway
from tests.field_reports.liveness_server import Deployed, LivenessServer


@pytest.fixture
def server() -> Iterator[LivenessServer]:
    with LivenessServer() as running:
        yield running


@pytest.fixture
def world(server: LivenessServer) -> Deployed:
    return Deployed(server)


@pytest.fixture
def gateway(world: Deployed) -> Gateway:
    return world.gateway()
