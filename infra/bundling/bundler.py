"""Builds the zips without Docker.

The results are kept under `.build/`, so a second synth builds nothing. Several synths may run at
once.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.bundling import bytecode, libraries
from infra.bundling.cache import build_once, digest
from infra.bundling.libraries import Target
from infra.stages.stage import Stage

ROOT = Path(__file__).parents[2]
SHARED_PACKAGE = "liveness_gateway"
_PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_ARCHIVE = "function.zip"
# A change of these can change what is installed.
_BUILDERS = tuple(
    path for path in sorted(Path(__file__).parent.iterdir()) if path.suffix in {".py", ".mjs"}
)


class BundleError(RuntimeError):
    """A zip cannot be built; the message says where to look."""


class Bundler:
    """Builds the folders and zips of the functions.

    Args:
        stage: decides the Python version and the platform.
        functions: the folder with the functions and the shared package.
        locks: the folder with the lock files of the libraries: `<function>.txt` where a function
            has its own, else `functions.txt`.
        build: the folder that keeps the results.

    Raises:
        BundleError: the libraries cannot be installed as they are locked.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        functions: Path = ROOT / "functions",
        locks: Path = ROOT / "requirements",
        build: Path = ROOT / ".build",
    ) -> None:
        platform = None if stage.host_libraries else _PLATFORMS[stage.architecture]
        self._target = Target(stage.python_version, platform)
        self._functions = functions
        self._build = build
        self._locks = locks
        self._compiler = bytecode.find_compiler(stage.python_version)
        if self._compiler is None:
            print(bytecode.without(stage.python_version), file=sys.stderr)

    def archive(self, function: str) -> Path:
        """The zip of `folder(function)`: the same content gives the same bytes.

        Raises:
            BundleError: as in `folder`.
        """
        folder = self.folder(function)

        def build(target: Path) -> None:
            _write_zip(folder, target / _ARCHIVE)

        return build_once(self._build / "archives" / folder.name, build) / _ARCHIVE

    def folder(self, function: str) -> Path:
        """The folder with everything `function` needs and no other function's source.

        The same sources, lock file and target give the same bytes.

        Raises:
            BundleError: there is no such function, its source does not compile, or its libraries
                cannot be installed as they are locked.
        """
        sources = [self._functions / SHARED_PACKAGE, self._functions / function]
        for source in sources:
            if not source.is_dir():
                raise BundleError(f"There is no folder {source.name!r} in {self._functions}.")
        files = [file for source in sources for file in _source_files(source)]
        names = [str(file.relative_to(self._functions)) for file in files]
        installed = self._install_libraries(self._lock(function))
        key = digest([installed.name, *names], files)

        def build(folder: Path) -> None:
            compiled = self._compiled_sources()
            for source in sources:
                _link_tree(compiled / source.name, folder / source.name)
            _link_tree(installed, folder)

        return build_once(self._build / "functions" / f"{function}-{key}", build)

    def _compiled_sources(self) -> Path:
        """All our source with its bytecode: the compiler is started once for all functions."""
        files = _source_files(self._functions)
        names = [str(file.relative_to(self._functions)) for file in files]
        key = digest([str(self._compiler), *names], [*files, *_BUILDERS])

        def build(folder: Path) -> None:
            for file, name in zip(files, names, strict=True):
                copy = folder / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
            self._compile(folder)

        return build_once(self._build / "sources" / key, build)

    def _lock(self, function: str) -> Path:
        own = self._locks / f"{function}.txt"
        return own if own.exists() else self._locks / "functions.txt"

    def _install_libraries(self, lock: Path) -> Path:
        target = self._target
        compiler = str(self._compiler)
        key = digest(
            [target.python_version, str(target.platform), sys.platform, compiler],
            [lock, *_BUILDERS],
        )

        def build(folder: Path) -> None:
            try:
                libraries.install(lock, target, folder)
            except subprocess.CalledProcessError:
                raise BundleError(
                    "The functions' libraries could not be installed from"
                    f" {lock.name}: uv's message is above."
                ) from None
            self._compile(folder)

        return build_once(self._build / "libraries" / f"{target.python_version}-{key}", build)

    def _compile(self, folder: Path) -> None:
        if self._compiler is None:
            return
        try:
            self._compiler.compile_tree(folder)
        except subprocess.CalledProcessError as error:
            raise BundleError("A module does not compile: Python's message is above.") from error


def _source_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _write_zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            # A ZipInfo has a fixed time by default, so the bytes do not depend on the clock.
            entry = zipfile.ZipInfo(str(path.relative_to(folder)))
            entry.external_attr = 0o100644 << 16
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _link_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True, symlinks=True)


def _link(source: str, destination: str) -> None:
    # All zips hold the same libraries: a hard link takes neither time nor space.
    try:
        os.link(source, destination)
    except OSError:
        shutil.copyfile(source, destination)
