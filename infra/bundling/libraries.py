"""The libraries of the functions: from the lock file, hash-checked, and only what they load."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

_SERVICES = frozenset({"dynamodb", "events", "secretsmanager", "sqs"})
_NEVER_LOADED = (
    ".lock",
    "bin",
    "boto3/examples",
    "**/py.typed",
    "**/*.pyi",
    "**/tests",
    # Pages that we do not serve: 2 MB.
    "**/*.js",
    "**/*.css",
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a function runs.

    Attributes:
        python_version: of the runtime, `major.minor`.
        platform: in uv's words; None for this machine.
    """

    python_version: str
    platform: str | None


def install(requirements: Path, target: Target, directory: Path) -> None:
    """Install the locked libraries for `target` into `directory` and strip them.

    Every file's hash is checked against the lock; nothing is built from source.

    Raises:
        subprocess.CalledProcessError: uv refused; its output, on stderr, says why.
    """
    platform = ["--python-platform", target.platform] if target.platform else []
    subprocess.run(  # noqa: S603 - no shell; uv's own package says where it is
        [
            find_uv_bin(),
            *("pip", "install", "--quiet", "--no-config", "--python", sys.executable),
            *("--python-version", target.python_version, *platform),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
            # Links into uv's cache would let a change here spoil the cache.
            *("--link-mode", "copy", "--target", directory),
            *("--requirements", requirements),
        ],
        check=True,
    )
    _strip(directory)


def _strip(directory: Path) -> None:
    for pattern in _NEVER_LOADED:
        _remove(directory.glob(pattern))
    for package in ("boto3", "botocore"):
        data = directory / package / "data"
        # The loose files beside the services describe endpoints, partitions and retries.
        _remove(path for path in data.iterdir() if path.is_dir() and path.name not in _SERVICES)
    for metadata in directory.glob("*.dist-info"):
        # Some libraries ask for their own version at run time: that is in METADATA.
        _remove(path for path in metadata.iterdir() if path.name != "METADATA")


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
