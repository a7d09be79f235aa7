"""Fixtures every test may ask for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local.gateway import Gateway, running_gateway
from sandbox import Sandbox
from tests.world import World

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a directory of random name in it
_ROOM: Final = 2 * 1024**3
_WITHOUT_THE_STACK: Final = "tests/e2e/test_programs.py"


# No example has a time limit: a busy machine is no failure. `make soak` looks longer.
hypothesis.settings.register_profile("default", deadline=None, max_examples=40)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("soak" if os.environ.get("SOAK") else "default")


@pytest.fixture
def world() -> World:
    return World()


class OneStackScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """All tests of the deployed stack on one worker, which deploys it; the programs on another."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file.endswith(_WITHOUT_THE_STACK) else "the deployed stack"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneStackScheduling | None:
    """What `--dist loadgroup` means here; the marks of pytest-xdist 3.8 need an older pytest."""
    return OneStackScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


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
