"""A process that is a copy of all functions: it is given invocations, one JSON a line.

It writes each result into the file named by its first argument, and everything any library has to
say at level DEBUG to stderr, as Lambda would keep it in the log group. The second argument is how
many seconds each invocation has.
"""

import importlib
import json
import logging
import sys
from pathlib import Path


class Context:
    """Lambda's context, with so many seconds left."""

    aws_request_id = "function-request-1"

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


def main() -> None:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    with Path(sys.argv[1]).open("w", encoding="utf-8") as results:
        for line in sys.stdin:
            asked = json.loads(line)
            module = importlib.import_module(f"{asked['function']}.handler")
            result = module.handler(asked["event"], Context(float(sys.argv[2])))
            results.write(json.dumps(result) + "\n")
            results.flush()


if __name__ == "__main__":
    main()
