"""One synth of each stage for the whole run, by the CDK's own command line."""

from pathlib import Path

import pytest

from tests.infra.assembly import CONTEXTS, Assembly, synthesise


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Assembly]:
    """Every stage; parallel test processes share one synth."""
    base = tmp_path_factory.getbasetemp()
    parent = Path(base if worker_id == "master" else base.parent) / "assemblies"
    parent.mkdir(exist_ok=True)
    # Two processes begin at different ends, so that neither only waits for the other.
    names = list(CONTEXTS) if worker_id in {"master", "gw0"} else list(CONTEXTS)[::-1]
    return {name: synthesise(name, parent) for name in names}


@pytest.fixture(params=list(CONTEXTS))
def assembly(request: pytest.FixtureRequest, assemblies: dict[str, Assembly]) -> Assembly:
    """Each stage in turn."""
    return assemblies[request.param]


@pytest.fixture
def prod(assemblies: dict[str, Assembly]) -> Assembly:
    """Production."""
    return assemblies["prod"]
