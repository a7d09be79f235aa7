"""What is in a zip: everything the function loads, compiled, and nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling import bytecode
from infra.bundling.bundler import BundleError, Bundler
from infra.stage_context import resolve_stage
from infra.stages import Stage
from tests.infra.assembly import FUNCTIONS, ROOT, UPSTREAM, Assembly

_SERVICES = {"dynamodb", "events", "secretsmanager", "sqs"}
_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
_USE = """
import sys
sys.path.insert(0, sys.argv[1])
import boto3, multipart, pybase64, requests, requests_toolbelt
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities import batch, circuit_breaker, parameters
session = boto3.Session(
    region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="y"
)
for service in ("dynamodb", "events", "secretsmanager", "sqs"):
    client = session.client(service)
    assert client.meta.endpoint_url.startswith("https://" + service), client.meta.endpoint_url
session.resource("dynamodb")
assert all(m.__file__.startswith(sys.argv[1]) for m in (boto3, requests, multipart, pybase64))
"""


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _local() -> Stage:
    return resolve_stage({})


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of this module's own: libraries are installed once."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the functions that nobody changes meanwhile."""
    return shutil.copytree(ROOT / "functions", tmp_path / "functions")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_has_its_own_source_and_no_other_functions(assembly: Assembly, name: str) -> None:
    bundle = assembly.bundle(name)
    assert (bundle / "liveness_gateway" / "__init__.py").is_file()
    assert (bundle / name / "__init__.py").is_file()
    assert not [other for other in FUNCTIONS if other != name and (bundle / other).exists()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_has_no_dead_weight(assembly: Assembly, name: str) -> None:
    bundle = assembly.bundle(name)
    data = {path.name for path in (bundle / "botocore" / "data").iterdir() if path.is_dir()}
    assert data == _SERVICES
    for path in bundle.rglob("*"):
        assert path.name not in {"tests", "bin", ".lock", "RECORD", "py.typed"}
        assert path.suffix not in {".pyi", ".js", ".css"}
    assert sum(path.stat().st_size for path in bundle.rglob("*")) < 25 * 2**20
    assert {path.name for path in bundle.glob("*.dist-info/*")} == {"METADATA"}


def test_the_laptops_bundle_is_compiled_and_nothing_is_checked_at_load(
    assemblies: dict[str, Assembly],
) -> None:
    bundle = assemblies["local"].bundle("verify")
    tag = sys.implementation.cache_tag
    modules = list(bundle.rglob("*.py"))
    assert len(modules) > 300
    for module in modules:
        compiled = module.parent / "__pycache__" / f"{module.stem}.{tag}.pyc"
        header = compiled.read_bytes()[:8]
        # PEP 552: hash-based (bit 0), not checked against the source (bit 1 clear).
        assert int.from_bytes(header[4:], "little") == 0b01, module


def test_the_clouds_bundle_is_compiled_where_its_interpreter_exists(prod: Assembly) -> None:
    compiled = list(prod.bundle("verify").rglob("*.pyc"))
    version = prod.function("verify")["Runtime"].removeprefix("python")
    if bytecode.find_interpreter(version) is None:
        assert not compiled
        assert f"uv python install {version}" in prod.said
    else:
        assert len(compiled) == len(list(prod.bundle("verify").rglob("*.py")))
        assert "There is no Python" not in prod.said


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_native_code_is_built_for_where_it_runs(assemblies: dict[str, Assembly], name: str) -> None:
    if name == "local" and sys.platform != "linux":
        pytest.skip("a laptop of another kind has another kind of library")
    assembly = assemblies[name]
    function = assembly.function("verify")
    tag = "cpython-" + function["Runtime"].removeprefix("python").replace(".", "")
    libraries = list(assembly.bundle("verify").rglob("*.so"))
    assert any("pybase64" in str(path) for path in libraries)
    for path in libraries:
        assert tag in path.name
        machine = int.from_bytes(path.read_bytes()[18:20], "little")
        assert machine == _MACHINES[function["Architectures"][0]]


def test_what_was_stripped_is_not_missed(assemblies: dict[str, Assembly]) -> None:
    bundle = assemblies["local"].bundle("verify")
    answer = subprocess.run(  # noqa: S603 - no shell; our own program
        # Nothing but the standard library and the bundle.
        [sys.executable, "-I", "-S", "-W", "error", "-c", _USE, bundle],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )
    assert answer.returncode == 0, answer.stderr


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, sources: Path) -> None:
    one, other = (
        Bundler(_local(), functions=sources, build=tmp_path / place).folder("verify")
        for place in ("one", "other/deeper")
    )
    assert one != other
    assert one.name == other.name
    assert _files(one) == _files(other)


def test_a_second_bundle_builds_nothing(build: Path, sources: Path) -> None:
    (sources / "sweep" / "of_this_test.py").touch()
    first = Bundler(_local(), functions=sources, build=build).folder("sweep")
    marker = first / "built-once"
    marker.touch()
    again = Bundler(_local(), functions=sources, build=build).folder("sweep")
    assert again == first
    assert marker.exists()
    assert not list(build.rglob(".unfinished-*"))


def test_a_changed_source_changes_only_the_zips_it_is_in(build: Path, sources: Path) -> None:
    def names() -> dict[str, str]:
        bundler = Bundler(_local(), functions=sources, build=build)
        return {name: bundler.folder(name).name for name in FUNCTIONS}

    before = names()
    (sources / "sweep" / "handler.py").write_text("handler = None\n")
    after = names()
    assert {name for name in FUNCTIONS if before[name] != after[name]} == {"sweep"}


def test_a_library_whose_hash_is_not_the_locked_one_is_refused(
    tmp_path: Path, sources: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "functions.txt"
    digest = hashlib.sha256(b"something else").hexdigest()
    lock.write_text(f"jmespath==1.1.0 --hash=sha256:{digest}\n")
    with pytest.raises(BundleError, match=r"could not be installed from functions\.txt"):
        Bundler(_local(), functions=sources, requirements=lock, build=tmp_path / "build")
    assert "ash" in capfd.readouterr().err
    assert not list((tmp_path / "build" / "libraries").iterdir())


def test_a_source_that_does_not_compile_is_refused(build: Path, sources: Path) -> None:
    (sources / "sweep" / "handler.py").write_text("def handler(:\n")
    bundler = Bundler(_local(), functions=sources, build=build)
    with pytest.raises(BundleError, match="does not compile"):
        bundler.folder("sweep")
    with pytest.raises(BundleError, match="no folder 'swept'"):
        bundler.folder("swept")


def test_without_the_runtimes_interpreter_it_says_so_once(
    build: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bytecode.find_interpreter("3.99") is None
    stage = resolve_stage({"stage": "dev", "upstream_url": UPSTREAM})
    missing = bytecode.find_interpreter(stage.python_version) is None
    bundler = Bundler(stage, functions=sources, build=build)
    for name in FUNCTIONS:
        bundler.folder(name)
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if "uv python install 3.14" in line]) == missing


def test_the_running_interpreter_is_found() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert bytecode.find_interpreter(version) == Path(sys.executable)


def test_the_same_bundle_is_the_same_zip(sources: Path, build: Path, tmp_path: Path) -> None:
    one = Bundler(_local(), functions=sources, build=build).archive("sweep")
    other = Bundler(_local(), functions=sources, build=tmp_path / "other").archive("sweep")
    assert one.read_bytes() == other.read_bytes()
