"""The real stack, deployed once by the real CDK CLI, and what every test leaves in it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.selfies import draw_selfie
from tests.e2e.clients import Answer
from tests.e2e.traces import EXIF_CANARY, FILE_NAME_CANARY

LAST = "test_canaries.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
    # The canaries are searched for in what all the other tests left behind.
    last = [item for item in ours if item.path.name == LAST]
    items[:] = [item for item in items if item not in last] + last


@dataclass(frozen=True)
class Selfie:
    """A file nobody has posted before."""

    path: Path
    content: bytes


@pytest.fixture
def new_selfie(tmp_path: Path) -> Callable[[], Selfie]:
    def draw() -> Selfie:
        seed = uuid.uuid4().int % 2**32
        path = tmp_path / f"{FILE_NAME_CANARY}-{seed}.jpg"
        content = draw_selfie(seed=seed, exif_text=f"{EXIF_CANARY} {seed}")
        path.write_bytes(content)
        return Selfie(path, content)

    return draw


@pytest.fixture
def selfie(new_selfie: Callable[[], Selfie]) -> Selfie:
    return new_selfie()


@pytest.fixture(scope="session")
def answers() -> list[Answer]:
    """Everything any client was answered in this session."""
    return []
