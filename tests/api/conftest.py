"""Fixtures of the API's tests."""

from collections.abc import Iterator

import pytest

from sandbox import Sandbox
from tests.adapters.aws_endpoint import AwsEndpoint
from tests.api.deployment import Deployment
from tests.api.gateway import Gateway
from tests.environment import bare_environment
from tests.world import World


@pytest.fixture
def gateway(world: World) -> Gateway:
    return Gateway(world)


@pytest.fixture(scope="session")
def _aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def deployment(_aws: AwsEndpoint, _sandbox: Sandbox) -> Iterator[Deployment]:
    """A stack of its own; the environment is what its functions find there, and nothing else."""
    _aws.recover()
    _sandbox.forget()
    made = Deployment(_aws, _sandbox)
    with bare_environment(**made.environment):
        yield made
    _aws.recover()
