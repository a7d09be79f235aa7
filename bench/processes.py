"""Runs contenders in their processes: under valgrind, for a while, or for their memory."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from bench.contenders import ROOT, Contender

_WORKER: Final = ROOT / "bench" / "worker.py"
_VALGRIND: Final = (
    "valgrind",
    "--tool=cachegrind",
    "--cache-sim=no",
    "--cachegrind-out-file=/dev/null",
)
_REFERENCES: Final = re.compile(r"I\s+refs:\s+([0-9,]+)")


class BenchError(Exception):
    """A contender answered wrongly or not at all, or a program is missing."""


def instructions(contender: Contender, calls: int, event: Path) -> float:
    """The instructions of a whole process with so many calls, in millions."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [*_VALGRIND, *contender.command, _WORKER, contender.module, str(calls), event],
        env=dict(contender.variables), capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = _REFERENCES.search(done.stderr)
    if done.returncode or found is None:
        raise BenchError(f"{contender.module}: {(done.stdout + done.stderr)[-2000:]}")
    return int(found[1].replace(",", "")) / 1e6


def peak_memory(contender: Contender, event: Path) -> int:
    """The most bytes of Python's memory that one call takes, beside its event (tracemalloc)."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [*contender.command, _WORKER, contender.module, "peak", event],
        env=dict(contender.variables), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BenchError(f"{contender.module}: {done.stderr[-2000:]}")
    return int(json.loads(done.stdout.splitlines()[-1])["peak"])


class Warm:
    """A contender that stays: each call of `ask` is a row of requests. A context manager."""

    def __init__(self, contender: Contender) -> None:
        self._name = contender.module
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            [*contender.command, _WORKER, contender.module, "serve"],
            env=dict(contender.variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, event: Path, calls: int) -> dict[str, Any]:
        """Seconds of processor time a request (`cpu`), and what it wrote (`log`)."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BenchError(self._name)
        self._process.stdin.write(f"{event} {calls}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        while line and not line.startswith('{"cpu"'):
            line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"{self._name}: {self._process.communicate()[1][-2000:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def running_double(certificate: Path) -> Iterator[tuple[int, int]]:
    """The double's ports, with TLS and without."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.double", certificate],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        tls, plain = (process.stdout.readline() if process.stdout else "").split()
        yield int(tls), int(plain)
    finally:
        process.kill()
        process.communicate()


def asked(plain: int, of: str = "") -> list[str]:
    """What the double was asked since the last time; of `selfies`, their SHA-256."""
    with urllib.request.urlopen(f"http://127.0.0.1:{plain}/{of}") as answer:
        found: list[str] = json.load(answer)
    return found
