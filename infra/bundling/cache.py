"""Folders that are built once and kept, keyed by everything they depend on."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_KEPT_SECONDS = 24 * 3600


def digest(words: Iterable[str], files: Iterable[Path]) -> str:
    """A key of 16 hexadecimal digits that depends on the words and on the files' content."""
    sha256 = hashlib.sha256()
    for part in (*(word.encode() for word in words), *(file.read_bytes() for file in files)):
        sha256.update(len(part).to_bytes(8, "big") + part)
    return sha256.hexdigest()[:16]


def build_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """Return `folder`; if it does not exist, call `build` with an empty folder to fill first.

    `folder` is complete or absent at any time, also when several processes build it at once.
    Folders beside it that were not used in the last 24 hours are deleted.
    """
    if folder.is_dir():
        os.utime(folder)
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    _delete_old(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as temporary:
        unfinished = Path(temporary) / "folder"
        unfinished.mkdir()
        build(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            # Another process has finished first; its folder has the same content.
            if not folder.is_dir():
                raise
    return folder


def _delete_old(parent: Path) -> None:
    for folder in parent.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
