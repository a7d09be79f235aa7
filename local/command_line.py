"""How the programs here end: cleanly on every signal, with one readable message on a fault."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Callable

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(program: Callable[[], int]) -> int:
    """Run a program; the exit status is its own, or 1 with what went wrong on standard error.

    Ctrl-C, SIGTERM and a closed terminal all unwind it, so that everything it
    started is ended. Interrupted before it was done, the status is 130.
    """
    for ending in _ENDINGS:
        signal.signal(ending, _interrupt)
    try:
        return program()
    except KeyboardInterrupt:
        return 130
    except LocalError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _interrupt(*_: object) -> None:
    """Unwind once; ending takes a moment, and impatience must not cut it short."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    print("\nEnding everything ...", file=sys.stderr)
    raise KeyboardInterrupt
