"""How the programs end: cleanly on every signal, with one message on an error."""

import signal
import sys
from collections.abc import Callable

from local.errors import LocalError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(program: Callable[[], int]) -> int:
    """Run a program; the exit status is its own, or 1 with what went wrong on standard error.

    Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt in it, so that it
    ends everything it started. The status is 130 if it was interrupted.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return program()
    except KeyboardInterrupt:
        return 130
    except LocalError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _interrupt(*_: object) -> None:
    """Raise KeyboardInterrupt once; ignore further signals while the program ends."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    print("\nEnding everything ...", file=sys.stderr)
    raise KeyboardInterrupt
