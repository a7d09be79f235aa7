import pytest

from tests.unit.entrypoints.batches import Batches
from tests.world import World


@pytest.fixture
def batches(world: World) -> Batches:
    return Batches(world)
