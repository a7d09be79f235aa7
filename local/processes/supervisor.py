"""Run a command that cannot outlive its owner: `python leash.py COMMAND...`.

The owner starts the leash as leader of a new process group and holds the other
end of its standard input. When the owner closes it, or dies in whatever way
(SIGKILL included), the whole group ends: first asked, then killed.

Standard library only, and run by path: a leash starts in milliseconds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 3.0
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def main() -> int:
    """Run the command; its exit status is the answer, and nothing of its group is left."""
    # A handler, not SIG_IGN: the command would inherit that and ignore the signal too.
    signal.signal(signal.SIGTERM, lambda *_: None)
    _adopt_orphans()
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - the owner's own command
    threading.Thread(target=_follow_owner, daemon=True).start()
    status = command.wait()
    os.killpg(0, signal.SIGTERM)
    _await_orphans()
    return status if status >= 0 else 128 - status


def _follow_owner() -> None:
    """End the group as soon as nobody holds the other end of standard input."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _adopt_orphans() -> None:
    """Where Linux offers it: what the command leaves behind becomes ours, to be waited for."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _await_orphans() -> None:
    """Wait until every process that was left has ended; kill the group if one does not."""
    deadline = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ChildProcessError):  # there are no more
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
