"""Fixtures every test may ask for."""

import pytest

from tests.world import World


@pytest.fixture
def world() -> World:
    return World()
