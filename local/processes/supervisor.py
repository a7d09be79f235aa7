"""Run a command that cannot outlive its owner: `python supervisor.py COMMAND...`.

The owner starts the supervisor as leader of a new process group and holds the other
end of its standard input. When the owner closes it, or ends for any reason
(SIGKILL included), the whole group is ended: SIGTERM first, then SIGKILL.

Standard library only, and run by path: a supervisor starts in milliseconds.
"""

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
    """Run the command and return its exit status; no process of its group is left."""
    # A handler, not SIG_IGN: the command would inherit that and ignore the signal too.
    signal.signal(signal.SIGTERM, lambda *_: None)
    _adopt_orphans()
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - the owner's own command
    threading.Thread(target=_watch_owner, daemon=True).start()
    status = command.wait()
    os.killpg(0, signal.SIGTERM)
    _await_orphans()
    return status if status >= 0 else 128 - status


def _watch_owner() -> None:
    """End the group as soon as the other end of standard input is closed."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _adopt_orphans() -> None:
    """On Linux: become the parent of what the command leaves behind, so that we can wait for it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _await_orphans() -> None:
    """Wait until every remaining process has ended; kill the group if one does not."""
    deadline = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ChildProcessError):  # there are no more
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
