"""Run the sandbox alone: `python -m sandbox --port 9090`."""

import argparse
import signal
import sys
import threading

from sandbox import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated. 1 if the port is busy."""
    reader = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    reader.add_argument("--port", type=int, default=9090, help="0 takes a free one")
    reader.add_argument("--app-id", default="sandbox-app-id")
    reader.add_argument("--app-key", default="sandbox-app-key")
    wanted = reader.parse_args(arguments)
    try:
        sandbox = Sandbox(wanted.app_id, wanted.app_key, wanted.port, say=_say)
    except OSError as error:
        print(f"Port {wanted.port} cannot be used ({error.strerror}): name another with --port.")
        return 1
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with sandbox:
        _say(f"Sandbox of the liveness API at {sandbox.url} - it does not judge liveness.")
        _say(f"Orders: PUT {sandbox.url}/control/next   Ctrl-C ends it.")
        ended.wait()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
