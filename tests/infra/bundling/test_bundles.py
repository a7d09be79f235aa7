"""The zips of the synthesised stages: all that a function loads, compiled, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from infra.bundling import bytecode
from infra.bundling.bundler import Bundler
from infra.stage_context import resolve_stage
from tests.infra.assembly import FUNCTIONS, Assembly

_SERVICES = {"dynamodb", "events", "secretsmanager", "sqs"}
_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
_NEVER_LOADED = {"tests", "bin", ".lock", "RECORD", "py.typed"}
_LOAD_LIBRARIES = """
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

_ONLY_VERIFY = {"certifi", "multipart", "pybase64", "requests", "requests_toolbelt"}
_LOAD_HANDLER = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module(sys.argv[2] + ".handler")
print(*sys.modules)
"""


def _paths(assembly: Assembly, function: str) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in assembly.bundle(function).namelist()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_zip_has_its_own_source_and_no_other_functions(assembly: Assembly, name: str) -> None:
    paths = _paths(assembly, name)
    assert PurePosixPath("liveness_gateway/__init__.py") in paths
    assert PurePosixPath(name, "__init__.py") in paths
    assert {path.parts[0] for path in paths} & set(FUNCTIONS) == {name}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_zip_has_only_what_is_loaded(assembly: Assembly, name: str) -> None:
    paths = _paths(assembly, name)
    data = PurePosixPath("botocore/data")
    assert {p.parts[2] for p in paths if data in p.parents and len(p.parts) > 3} == _SERVICES
    assert not {part for path in paths for part in path.parts} & _NEVER_LOADED
    assert not {path.suffix for path in paths} & {".pyi", ".js", ".css"}
    assert sum(entry.file_size for entry in assembly.bundle(name).infolist()) < 25 * 2**20
    metadata = {path.name for path in paths if path.parent.suffix == ".dist-info"}
    assert metadata == {"METADATA"}
    packages = {path.parts[0].removesuffix(".py") for path in paths}
    assert packages & _ONLY_VERIFY == (_ONLY_VERIFY if name == "verify" else set())


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {"verify"}))
def test_a_cold_start_imports_nothing_of_verify(assemblies: dict[str, Assembly], name: str) -> None:
    loaded = subprocess.run(  # noqa: S603 - no shell; our own program
        # Only the standard library and the zip.
        [sys.executable, "-I", "-S", "-c", _LOAD_HANDLER, assemblies["local"].archive(name), name],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.defpath},
    ).stdout.split()
    assert f"{name}.handler" in loaded
    assert not {module.partition(".")[0] for module in loaded} & _ONLY_VERIFY
    assert not [module for module in loaded if ".adapters.upstream" in module]


def test_the_local_zip_is_compiled_and_nothing_is_checked_at_load(
    assemblies: dict[str, Assembly],
) -> None:
    bundle = assemblies["local"].bundle("verify")
    modules = [path for path in _paths(assemblies["local"], "verify") if path.suffix == ".py"]
    assert len(modules) > 300
    for module in modules:
        compiled = f"{module.parent}/__pycache__/{module.stem}.{sys.implementation.cache_tag}.pyc"
        header = bundle.read(compiled.removeprefix("./"))[:8]
        # PEP 552: hash-based (bit 0), not checked against the source (bit 1 clear).
        assert int.from_bytes(header[4:], "little") == 0b01, module


def test_the_clouds_zip_is_compiled_where_its_interpreter_exists(prod: Assembly) -> None:
    suffixes = [path.suffix for path in _paths(prod, "verify")]
    version = prod.function("verify")["Runtime"].removeprefix("python")
    compiled = bytecode.find_interpreter(version) is not None
    assert suffixes.count(".pyc") == (suffixes.count(".py") if compiled else 0)


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_native_code_is_built_for_where_it_runs(assemblies: dict[str, Assembly], name: str) -> None:
    if name == "local" and sys.platform != "linux":
        pytest.skip("another system has another kind of library")
    function = assemblies[name].function("verify")
    bundle = assemblies[name].bundle("verify")
    tag = "cpython-" + function["Runtime"].removeprefix("python").replace(".", "")
    libraries = [path for path in _paths(assemblies[name], "verify") if path.suffix == ".so"]
    assert any("pybase64" in path.parts for path in libraries)
    for path in libraries:
        assert tag in path.name
        machine = int.from_bytes(bundle.read(str(path))[18:20], "little")
        assert machine == _MACHINES[function["Architectures"][0]]


def test_the_libraries_load_without_what_was_stripped(
    assemblies: dict[str, Assembly], tmp_path: Path
) -> None:
    assemblies["local"].bundle("verify").extractall(tmp_path)
    done = subprocess.run(  # noqa: S603 - no shell; our own program
        # Only the standard library and the zip.
        [sys.executable, "-I", "-S", "-W", "error", "-c", _LOAD_LIBRARIES, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )
    assert done.returncode == 0, done.stderr


def test_the_same_sources_and_libraries_give_the_same_zip_elsewhere(
    assemblies: dict[str, Assembly], tmp_path: Path
) -> None:
    elsewhere = Bundler(resolve_stage({}), build=tmp_path / "deeper" / "build")
    of_the_synth = assemblies["local"].archive("verify")
    assert elsewhere.archive("verify").read_bytes() == of_the_synth.read_bytes()
