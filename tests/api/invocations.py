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

from liveness_gateway.clock import SystemClock
from tests.doubles.lambda_context import LambdaContextDouble


def main() -> None:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    with Path(sys.argv[1]).open("w", encoding="utf-8") as results:
        for line in sys.stdin:
            asked = json.loads(line)
            module = importlib.import_module(f"{asked['function']}.handler")
            result = module.handler(
                asked["event"], LambdaContextDouble(SystemClock(), float(sys.argv[2]))
            )
            results.write(json.dumps(result) + "\n")
            results.flush()


if __name__ == "__main__":
    main()
