"""One synth of each stage for the whole run."""

from pathlib import Path

import pytest

from tests.infra.assembly import CONTEXTS, Assembly
from tests.infra.synthesis import synthesise


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder with every stage; parallel test processes share it."""
    base = tmp_path_factory.getbasetemp()
    parent = Path(base if worker_id == "master" else base.parent) / "assemblies"
    parent.mkdir(exist_ok=True)
    synthesise(parent)
    return parent


@pytest.fixture(scope="session")
def assemblies(synthesis: Path) -> dict[str, Assembly]:
    """Every stage, by the name of its context."""
    return {name: Assembly(name, synthesis / name) for name in CONTEXTS}


@pytest.fixture(params=list(CONTEXTS))
def assembly(request: pytest.FixtureRequest, assemblies: dict[str, Assembly]) -> Assembly:
    """Each stage in turn."""
    return assemblies[request.param]


@pytest.fixture
def prod(assemblies: dict[str, Assembly]) -> Assembly:
    """Production, with two allowed origins."""
    return assemblies["prod"]
