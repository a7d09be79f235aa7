"""Fixtures every test may ask for."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from local.gateway import Gateway, running_gateway
from sandbox import Sandbox
from tests.world import World

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a directory of random name in it
_ROOM: Final = 2 * 1024**3


@pytest.fixture
def world() -> World:
    return World()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`: all tests of the deployed stack on one worker, which deploys it."""
    for item in items:
        if "gateway" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("gateway"))


@pytest.fixture
def run_directory(tmp_path: Path) -> Iterator[Path]:
    """An empty directory for the many files of a running gateway."""
    with _in_memory_or(tmp_path) as directory:
        yield directory


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real stack, deployed once for all who post to it."""
    with (
        _in_memory_or(tmp_path_factory.mktemp("gateway")) as directory,
        running_gateway(quiet=True, directory=directory) as running,
    ):
        yield running


@contextmanager
def _in_memory_or(fallback: Path) -> Iterator[Path]:
    """A directory in memory if there is room: each function's process unpacks a zip of its own."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        with tempfile.TemporaryDirectory(dir=_MEMORY, prefix="gateway-") as directory:
            yield Path(directory)
    else:
        yield fallback


@pytest.fixture
def sandbox(gateway: Gateway) -> Iterator[Sandbox]:
    """The deployed stack's upstream, without records and scripted outcomes."""
    assert gateway.sandbox
    gateway.sandbox.forget()
    yield gateway.sandbox
    gateway.sandbox.forget()
