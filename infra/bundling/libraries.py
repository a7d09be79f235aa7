"""The functions' libraries: installed from the lock file, without the files they never load."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from infra.bundling import botocore_data, trust

_NEVER_LOADED = (
    ".lock",
    "bin",
    "boto3/examples",
    # What `boto3.resource` would read.
    "boto3/data",
    "**/py.typed",
    "**/*.pyi",
    "**/tests",
    # Pages of Powertools' OpenAPI user interface, which no function serves: 2 MB.
    "**/*.js",
    "**/*.css",
)


@dataclass(frozen=True, slots=True)
class Target:
    """The interpreter and platform a function runs on.

    Attributes:
        python_version: of the runtime, `major.minor`.
        platform: a value of uv's `--python-platform`; None for this machine.
    """

    python_version: str
    platform: str | None


def install(requirements: Path, target: Target, directory: Path) -> None:
    """Install the locked libraries for `target` into `directory`, strip them, and add `trust`.

    The hash of every downloaded file is checked; nothing is built from source.

    Raises:
        subprocess.CalledProcessError: uv failed; the reason is in its output on stderr.
    """
    platform = ["--python-platform", target.platform] if target.platform else []
    subprocess.run(  # noqa: S603 - no shell; the path is from uv's own package
        [
            find_uv_bin(),
            *("pip", "install", "--quiet", "--no-config", "--python", sys.executable),
            *("--python-version", target.python_version, *platform),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
            # With links, a change of an installed file would change uv's cache.
            *("--link-mode", "copy", "--target", directory),
            *("--requirements", requirements),
        ],
        check=True,
    )
    _strip(directory)
    trust.write(directory)


def _strip(directory: Path) -> None:
    for pattern in _NEVER_LOADED:
        _remove(directory.glob(pattern))
    for data in directory.glob("botocore/data"):
        botocore_data.trim(data)
    for metadata in directory.glob("*.dist-info"):
        # METADATA has the version, which some libraries read at run time.
        _remove(path for path in metadata.iterdir() if path.name != "METADATA")


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
