"""The zips of the synthesised stages: all that a function loads, compiled, and nothing else."""

import os
import re
import subprocess
import sys
from email import message_from_string
from importlib.util import MAGIC_NUMBER
from pathlib import Path, PurePosixPath

import pytest

from tests.infra.assembly import FUNCTIONS, ROOT, STAGES, Assembly

_SERVICES = {"dynamodb", "events", "secretsmanager", "sqs"}
_ONLY_VERIFY = {"certifi", "multipart", "pybase64", "requests", "requests_toolbelt"}
_MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}
# CPython 3.14, Include/internal/pycore_magic_number.h.
_MAGIC_OF_3_14 = 3627
_NEVER_LOADED = {"tests", "bin", ".lock", "RECORD", "py.typed"}
_LOAD = """
import importlib, sys
folder, function, *services = sys.argv[1:]
sys.path.insert(0, folder)
importlib.import_module(function + ".handler")
print(*sys.modules)
import boto3
session = boto3.Session("x", "y", region_name="eu-central-1")
for service in services:
    client = session.client(service)
    assert client.meta.endpoint_url.startswith("https://" + service), client.meta.endpoint_url
assert boto3.__file__.startswith(folder)
"""


def _paths(assembly: Assembly, function: str) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in assembly.bundle(function).namelist()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_zip_has_only_its_own_source_and_what_is_loaded(assembly: Assembly, name: str) -> None:
    paths = _paths(assembly, name)
    packages = {path.parts[0].removesuffix(".py") for path in paths}
    assert packages & {"liveness_gateway", *FUNCTIONS} == {"liveness_gateway", name}
    assert packages & _ONLY_VERIFY == (_ONLY_VERIFY if name == "verify" else set())
    data = PurePosixPath("botocore/data")
    assert {p.parts[2] for p in paths if data in p.parents and len(p.parts) > 3} == _SERVICES
    assert not {part for path in paths for part in path.parts} & _NEVER_LOADED
    assert not {path.suffix for path in paths} & {".pyi", ".js", ".css"}
    assert sum(entry.file_size for entry in assembly.bundle(name).infolist()) < 25 * 2**20
    assert {p.name for p in paths if p.parent.suffix == ".dist-info"} == {"METADATA"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_zip_has_the_authorities_it_is_told_to_trust(assembly: Assembly, name: str) -> None:
    trusted = {path for path in _paths(assembly, name) if path.parts[0] == "trust"}
    upstream = {path for path in trusted if path.parts[1] == "upstream"}
    assert trusted - upstream == {PurePosixPath("trust/aws.pem")}
    told = assembly.variables(name).get("AWS_CA_BUNDLE")
    assert told == (None if assembly.stage == "local" else "/var/task/trust/aws.pem")
    known = "certifi/cacert.pem"
    wanted = assembly.bundle(name).read(known).count(b"BEGIN ") if name == "verify" else 0
    assert len(upstream) == wanted


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_libraries_of_a_zip_are_those_of_its_bill_of_materials(
    assembly: Assembly, name: str
) -> None:
    """`make sbom` is made from the lock."""
    lock = (
        ROOT / "requirements" / f"{'verify' if name == 'verify' else 'functions'}.txt"
    ).read_text()
    locked = set(re.findall(r"^([a-z0-9_.-]+)==([^ ;]+)", lock, re.MULTILINE))
    bundle = assembly.bundle(name)
    texts = [bundle.read(n).decode() for n in bundle.namelist() if n.endswith("dist-info/METADATA")]
    found = {
        (said["Name"].lower().replace("_", "-"), said["Version"])
        for said in map(message_from_string, texts)
    }
    assert found == locked


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_cold_start_finds_every_library_and_imports_none_of_verify_elsewhere(
    assemblies: dict[str, Assembly], tmp_path: Path, name: str
) -> None:
    assemblies["local"].bundle(name).extractall(tmp_path)
    done = subprocess.run(  # noqa: S603 - no shell; our own program
        # Only the standard library and the zip.
        [*(sys.executable, "-I", "-S", "-W", "error", "-c", _LOAD), tmp_path, name, *_SERVICES],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert f"{name}.handler" in loaded
    packages = {module.partition(".")[0] for module in loaded}
    assert packages & _ONLY_VERIFY == (_ONLY_VERIFY if name == "verify" else set())
    # The clients are botocore's; the breaker's store imports boto3.
    assert ("boto3" in packages) is ("s3transfer" in packages) is (name == "verify")
    assert any(".adapters.upstream" in module for module in loaded) is (name == "verify")


@pytest.mark.parametrize("name", ["local", "prod"])
def test_a_zip_is_compiled_and_nothing_is_checked_at_load(
    assemblies: dict[str, Assembly], name: str
) -> None:
    version = STAGES[name].python_version
    tag = f"cpython-{version.replace('.', '')}.pyc"
    paths = _paths(assemblies[name], "verify")
    modules = [path for path in paths if path.suffix == ".py"]
    assert len(modules) > 300
    wanted = {str(p.parent / "__pycache__" / f"{p.stem}.{tag}") for p in modules}
    assert {str(path) for path in paths if path.suffix == ".pyc"} == wanted
    bundle = assemblies[name].bundle("verify")
    own = int.from_bytes(MAGIC_NUMBER[:2], "little")
    magic = own if name == "local" else _MAGIC_OF_3_14
    for module in wanted:
        content = bundle.read(module)
        assert int.from_bytes(content[:2], "little") == magic
        # PEP 552: hash-based (bit 0), not checked against the source (bit 1 clear).
        assert int.from_bytes(content[4:8], "little") == 0b01, module
        # A traceback names the file where Lambda has it.
        source = module.replace("__pycache__/", "").replace(f".{tag}", ".py")
        assert f"/var/task/{source}".encode() in content


@pytest.mark.parametrize("name", STAGES)
def test_native_code_is_built_for_where_it_runs(assemblies: dict[str, Assembly], name: str) -> None:
    if name == "local" and sys.platform != "linux":
        pytest.skip("another system has another kind of library")
    function = assemblies[name].function("verify")
    tag = "cpython-" + function["Runtime"].removeprefix("python").replace(".", "")
    libraries = [path for path in _paths(assemblies[name], "verify") if path.suffix == ".so"]
    assert any("pybase64" in path.parts for path in libraries)
    for path in libraries:
        assert tag in path.name
        content = assemblies[name].bundle("verify").read(str(path))
        machine = int.from_bytes(content[18:20], "little")
        assert machine == _MACHINES[function["Architectures"][0]]
