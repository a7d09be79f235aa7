"""The bundler, with one small library: what it builds, keeps and refuses."""

import dataclasses
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.bundling import bytecode
from infra.bundling.bundler import BundleError, Bundler
from infra.stage_context import resolve_stage
from infra.stages import Stage
from tests.infra.assembly import FUNCTIONS, ROOT

_LIBRARY = "jmespath"
_LOCAL = resolve_stage({})
MakeBundler = Callable[..., Bundler]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the functions that a test may change."""
    return shutil.copytree(ROOT / "functions", tmp_path / "functions")


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """The part of the lock file that pins one library of pure Python."""
    whole = (ROOT / "requirements" / "functions.txt").read_text()
    (pinned,) = re.findall(rf"^{_LIBRARY}==.*\n(?: .*\n)+", whole, re.MULTILINE)
    part = tmp_path / "functions.txt"
    part.write_text(pinned)
    return part


@pytest.fixture
def bundler(sources: Path, lock: Path, tmp_path: Path) -> MakeBundler:
    """Makes bundlers for the same sources and libraries."""

    def make(stage: Stage = _LOCAL, place: str = "build") -> Bundler:
        return Bundler(stage, functions=sources, locks=lock.parent, build=tmp_path / place)

    return make


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_same_input_gives_the_same_bytes(bundler: MakeBundler) -> None:
    one, other = (bundler(place=place) for place in ("one", "other/deeper"))
    folder = one.folder("sweep")
    assert {"sweep", "liveness_gateway", _LIBRARY} <= {path.name for path in folder.iterdir()}
    assert folder != other.folder("sweep")
    assert folder.name == other.folder("sweep").name
    assert _files(folder) == _files(other.folder("sweep"))
    assert one.archive("sweep").read_bytes() == other.archive("sweep").read_bytes()


def test_a_second_bundle_builds_nothing(bundler: MakeBundler, tmp_path: Path) -> None:
    first = bundler().folder("sweep")
    marker = first / "built-once"
    marker.touch()
    assert bundler().folder("sweep") == first
    assert marker.exists()
    assert not list(tmp_path.rglob(".unfinished-*"))


def test_a_changed_source_changes_only_the_zips_it_is_in(
    bundler: MakeBundler, sources: Path
) -> None:
    before = {name: bundler().folder(name) for name in FUNCTIONS}
    (sources / "sweep" / "handler.py").write_text("handler = None\n")
    after = {name: bundler().folder(name) for name in FUNCTIONS}
    assert {name for name in FUNCTIONS if before[name] != after[name]} == {"sweep"}


def test_a_library_whose_hash_is_not_the_locked_one_is_refused(
    bundler: MakeBundler, lock: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lock.write_text(re.sub(r"sha256:\w+", "sha256:" + "0" * 64, lock.read_text()))
    with pytest.raises(BundleError, match=r"could not be installed from functions\.txt"):
        bundler().folder("sweep")
    assert "ash" in capfd.readouterr().err
    assert not list((tmp_path / "build" / "libraries").iterdir())


def test_a_source_that_does_not_compile_is_refused(bundler: MakeBundler, sources: Path) -> None:
    (sources / "sweep" / "handler.py").write_text("def handler(:\n")
    with pytest.raises(BundleError, match="does not compile"):
        bundler().folder("sweep")
    with pytest.raises(BundleError, match="no folder 'swept'"):
        bundler().folder("swept")


def test_without_the_runtimes_interpreter_it_says_so_once(
    bundler: MakeBundler, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bytecode.find_interpreter("3.99") is None
    without_bytecode = bundler(dataclasses.replace(_LOCAL, python_version="3.99"))
    for name in FUNCTIONS:
        assert not list(without_bytecode.folder(name).rglob("*.pyc"))
    (line,) = capsys.readouterr().err.splitlines()
    assert "uv python install 3.99" in line


def test_the_running_interpreter_is_found() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert bytecode.find_interpreter(version) == Path(sys.executable)
