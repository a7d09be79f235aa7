"""Run the sandbox alone: `python -m sandbox --port 9090`."""

import argparse
import signal
import sys
import threading

from sandbox import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated; 1 if the port is in use."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9090, help="0 takes any free port")
    parser.add_argument("--app-id", default="sandbox-app-id")
    parser.add_argument("--app-key", default="sandbox-app-key")
    options = parser.parse_args(arguments)
    try:
        sandbox = Sandbox(options.app_id, options.app_key, options.port, log=_print)
    except OSError as error:
        print(f"Port {options.port} cannot be used ({error.strerror}): name another with --port.")
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with sandbox:
        _print(f"Sandbox of the liveness API at {sandbox.url} - it does not judge liveness.")
        _print(f"Choose the next outcome: PUT {sandbox.url}/control/next   Stop with Ctrl-C.")
        stopped.wait()
    return 0


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
