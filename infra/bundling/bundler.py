"""What lies in each function's zip: `liveness_gateway`, its own folder, the libraries, bytecode.

No Docker. What was built once is kept under `.build/`, keyed by everything it depends on, so that
a second synth builds nothing. Several synths may run at once.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from infra.bundling import bytecode, libraries
from infra.bundling.libraries import Target
from infra.stages import Stage

ROOT = Path(__file__).parents[2]
SHARED_PACKAGE = "liveness_gateway"
_PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_KEPT_SECONDS = 24 * 3600
_ARCHIVE = "function.zip"
_BUILDERS = (Path(__file__), Path(bytecode.__file__), Path(libraries.__file__))


class BundleError(RuntimeError):
    """A zip could not be built; the message says what to look at."""


class Bundler:
    """Builds the folders that become the functions' zips.

    Args:
        stage: decides the Python version and the platform.
        functions: the folder that holds the functions and the shared package.
        requirements: the lock file of the functions' libraries.
        build: where what was built is kept.

    Raises:
        BundleError: the libraries cannot be installed as they are locked.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        functions: Path = ROOT / "functions",
        requirements: Path = ROOT / "requirements" / "functions.txt",
        build: Path = ROOT / ".build",
    ) -> None:
        platform = None if stage.host_libraries else _PLATFORMS[stage.architecture]
        self._target = Target(stage.python_version, platform)
        self._functions = functions
        self._build = build
        self._requirements = requirements
        self._interpreter = bytecode.find_interpreter(stage.python_version)
        if self._interpreter is None:
            _say_slow(stage.python_version)
        self._libraries = self._install_libraries()

    def archive(self, function: str) -> Path:
        """The zip of `folder(function)`: the same content gives the same bytes.

        Raises:
            BundleError: as `folder`.
        """
        folder = self.folder(function)

        def build(shelf: Path) -> None:
            with zipfile.ZipFile(shelf / _ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                    # The entry's own default is one fixed moment, long ago.
                    entry = zipfile.ZipInfo(str(file.relative_to(folder)))
                    entry.external_attr = 0o100644 << 16
                    archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)

        return _once(self._build / "archives" / folder.name, build) / _ARCHIVE

    def folder(self, function: str) -> Path:
        """The folder with everything `function` needs and no other function's source.

        The same sources, lock and target give the same bytes.

        Raises:
            BundleError: there is no such function, or its source does not compile.
        """
        sources = [self._functions / SHARED_PACKAGE, self._functions / function]
        for source in sources:
            if not source.is_dir():
                raise BundleError(f"There is no folder {source.name!r} in {self._functions}.")
        files = [file for source in sources for file in _source_files(source)]
        key = _digest(
            [self._libraries.name, *(str(file.relative_to(self._functions)) for file in files)],
            files,
        )

        def build(folder: Path) -> None:
            for file in files:
                copy = folder / file.relative_to(self._functions)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
            self._compile(folder)
            shutil.copytree(
                self._libraries, folder, copy_function=_link, dirs_exist_ok=True, symlinks=True
            )

        return _once(self._build / "functions" / f"{function}-{key}", build)

    def _install_libraries(self) -> Path:
        target = self._target
        key = _digest(
            [
                target.python_version,
                str(target.platform),
                sys.platform,
                str(bool(self._interpreter)),
            ],
            [self._requirements, *_BUILDERS],
        )

        def build(folder: Path) -> None:
            try:
                libraries.install(self._requirements, target, folder)
            except subprocess.CalledProcessError:
                raise BundleError(
                    "The functions' libraries could not be installed from"
                    f" {self._requirements.name}: uv says why above."
                ) from None
            self._compile(folder)

        return _once(self._build / "libraries" / f"{target.python_version}-{key}", build)

    def _compile(self, folder: Path) -> None:
        if self._interpreter is None:
            return
        try:
            bytecode.compile_tree(self._interpreter, folder)
        except subprocess.CalledProcessError as error:
            raise BundleError("A module does not compile: Python says which one above.") from error


def _say_slow(version: str) -> None:
    print(
        f"No Python {version} on this machine: the functions are bundled without bytecode and"
        f" start about three times slower. To mend it: uv python install {version}",
        file=sys.stderr,
    )


def _source_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _digest(words: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for part in (*(word.encode() for word in words), *(file.read_bytes() for file in files)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def _once(folder: Path, build: Callable[[Path], None]) -> Path:
    """Return `folder`, built if it is not there: whole or not at all, whoever else builds it."""
    if folder.is_dir():
        os.utime(folder)
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_old(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as workshop:
        unfinished = Path(workshop) / "folder"
        unfinished.mkdir()
        build(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            # Somebody else was quicker; theirs has the same content.
            if not folder.is_dir():
                raise
    return folder


def _forget_old(parent: Path) -> None:
    for folder in parent.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _link(source: str, destination: str) -> None:
    # Four zips hold the same libraries: a link costs neither time nor space.
    try:
        os.link(source, destination)
    except OSError:
        shutil.copyfile(source, destination)
