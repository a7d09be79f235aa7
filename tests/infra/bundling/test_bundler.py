"""The bundler, with one small library: what it builds, keeps and refuses."""

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.bundling import bytecode
from infra.bundling.bundler import BundleError, Bundler
from infra.bundling.interpreter import find_interpreter
from infra.bundling.pyodide import find_pyodide
from infra.stages.context import resolve_stage
from infra.stages.stage import Stage
from tests.infra.assembly import FUNCTIONS, ROOT

_LIBRARY = "jmespath"
_LOCAL = resolve_stage({})
MakeBundler = Callable[..., Bundler]


@pytest.fixture
def bundler(tmp_path: Path) -> MakeBundler:
    """Makes bundlers of a copy of the functions, with the lock of one library of pure Python."""
    whole = (ROOT / "requirements" / "functions.txt").read_text()
    (pinned,) = re.findall(rf"^{_LIBRARY}==.*\n(?: .*\n)+", whole, re.MULTILINE)
    (tmp_path / "functions.txt").write_text(pinned)
    sources = shutil.copytree(ROOT / "functions", tmp_path / "functions")

    def make(stage: Stage = _LOCAL, place: str = "build") -> Bundler:
        return Bundler(stage, functions=sources, locks=tmp_path, build=tmp_path / place)

    return make


def test_the_same_input_gives_the_same_bytes(bundler: MakeBundler) -> None:
    one, other = (bundler(place=place) for place in ("one", "other/deeper"))
    folder = one.folder("sweep")
    assert {"sweep", "liveness_gateway", _LIBRARY} <= {path.name for path in folder.iterdir()}
    assert folder != other.folder("sweep")
    assert folder.name == other.folder("sweep").name
    assert one.archive("sweep").read_bytes() == other.archive("sweep").read_bytes()


def test_only_what_has_changed_is_built_again(bundler: MakeBundler, tmp_path: Path) -> None:
    before = {name: bundler().folder(name) for name in FUNCTIONS}
    for folder in before.values():
        (folder / "built-once").touch()
    (tmp_path / "functions" / "sweep" / "handler.py").write_text("handler = None\n")
    after = {name: bundler().folder(name) for name in FUNCTIONS}
    assert {name for name in FUNCTIONS if before[name] != after[name]} == {"sweep"}
    kept = {name for name in FUNCTIONS if (after[name] / "built-once").exists()}
    assert kept == {*FUNCTIONS} - {"sweep"}
    assert not list(tmp_path.rglob(".unfinished-*"))


def test_a_library_whose_hash_is_not_the_locked_one_is_refused(
    bundler: MakeBundler, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "functions.txt"
    lock.write_text(re.sub(r"sha256:\w+", "sha256:" + "0" * 64, lock.read_text()))
    with pytest.raises(BundleError, match=r"could not be installed from functions\.txt"):
        bundler().folder("sweep")
    assert "ash" in capfd.readouterr().err
    assert not list((tmp_path / "build" / "libraries").iterdir())


def test_a_source_that_does_not_compile_is_refused(bundler: MakeBundler, tmp_path: Path) -> None:
    (tmp_path / "functions" / "sweep" / "handler.py").write_text("def handler(:\n")
    with pytest.raises(BundleError, match="does not compile"):
        bundler().folder("sweep")
    with pytest.raises(BundleError, match="no folder 'swept'"):
        bundler().folder("swept")


@pytest.mark.parametrize("version", ["3.99", "3.13"])
def test_without_a_compiler_it_says_so_once(
    bundler: MakeBundler, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    if find_interpreter(version):
        pytest.skip(f"this machine has a Python {version}")
    assert bytecode.find_compiler(version) is None
    without_bytecode = bundler(dataclasses.replace(_LOCAL, python_version=version))
    for name in FUNCTIONS:
        assert not list(without_bytecode.folder(name).rglob("*.pyc"))
    (line,) = capsys.readouterr().err.splitlines()
    assert f"uv python install {version}" in line


def test_both_compilers_give_the_same_kind_of_bytecode(tmp_path: Path) -> None:
    """One runs on this machine, one in Node; the same version would give the same bytes."""
    pyodide = find_pyodide("3.14")
    own = find_interpreter(_LOCAL.python_version)
    assert pyodide
    assert own
    names = {}
    for compiler in (pyodide, own):
        folder = tmp_path / compiler.version
        (folder / "package").mkdir(parents=True)
        (folder / "package" / "module.py").write_text("def one() -> int:\n    return 1\n")
        compiler.compile_tree(folder)
        (compiled,) = folder.rglob("*.pyc")
        names[compiler.version] = compiled.name
        assert b"/var/task/package/module.py" in compiled.read_bytes()
        assert str(tmp_path).encode() not in compiled.read_bytes()
        first = compiled.read_bytes()
        compiler.compile_tree(folder)
        assert compiled.read_bytes() == first
    assert names["3.14"] == "module.cpython-314.pyc"


def test_what_does_not_compile_in_node_is_refused_and_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pyodide = find_pyodide("3.14")
    assert pyodide
    (tmp_path / "broken.py").write_text("def one(:\n")
    with pytest.raises(subprocess.CalledProcessError):
        pyodide.compile_tree(tmp_path)
    assert "broken.py" in capfd.readouterr().err
