"""Runs functions in processes that can be killed: `python nursery.py`, orders on standard input.

It builds the functions once and forks for each invocation, so that a cold start does not cost half
a second. An order is a line of JSON; the child waits for a second line before it begins. Standard
output carries the answers; what the functions write goes to standard error.

Standard library and the functions only: it runs as Lambda's runtime would, without the tests.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3

from liveness_gateway import bootstrap
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.powertools import PowertoolsTelemetry
from liveness_gateway.bootstrap import SystemClock
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.schedule import nothing_swept, sweep_once
from liveness_gateway.verifications.recovery import Sweeper
from publish_events.handler import handler as publish_events
from recover.handler import handler as recover
from verify.handler import handler as verify

_AFTER_THE_DEADLINE = 61


class Context:
    """Lambda's context."""

    def __init__(self, seconds: float, request_id: str) -> None:
        self.aws_request_id = request_id
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end this invocation."""
        return int((self._ends - time.monotonic()) * 1000)


class LaterClock(SystemClock):
    """The system's clock when every deadline of now has passed."""

    def now(self) -> datetime:
        """See the port."""
        return super().now() + timedelta(seconds=_AFTER_THE_DEADLINE)


def _sweeper() -> tuple[Sweeper, PowertoolsTelemetry]:
    _, telemetry = bootstrap.sweeper()
    ledger = DynamoDBLedger(boto3.client("dynamodb"), os.environ["TABLE_NAME"])
    return Sweeper(ledger, LaterClock(), telemetry), telemetry


_BUILT_SWEEPER = _sweeper()
_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "verify": verify,
    "publish_events": publish_events,
    "recover": recover,
    "sweep": BatchHandler(lambda: _BUILT_SWEEPER, sweep_once, nothing_swept),
}


def _invoke(order: dict[str, Any], go: int, answer: int) -> None:
    os.read(go, 1)
    context = Context(order["seconds"], order["request_id"])
    said = _FUNCTIONS[order["function"]](order["event"], context)
    os.write(answer, json.dumps(said).encode())
    sys.stdout.flush()
    os._exit(0)


def _warm_up() -> None:
    """Let each handler build what it needs. Nothing here opens a connection, which forks share."""
    verify({"httpMethod": "GET", "resource": "/none"}, Context(1, "warm-up"))
    for job in (publish_events, recover):
        job({"Records": []}, Context(1, "warm-up"))


def main() -> None:
    """Serve orders until standard input ends."""
    protocol = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    _warm_up()
    for line in sys.stdin:
        go, begin = os.pipe()
        answer, said = os.pipe()
        pid = os.fork()
        if not pid:
            _invoke(json.loads(line), go, said)
        os.close(said)
        protocol.write(f"{pid}\n")
        sys.stdin.readline()
        os.write(begin, b"\n")
        with os.fdopen(answer, "rb") as reader:
            text = reader.read().decode()
        os.waitpid(pid, 0)
        os.close(go)
        os.close(begin)
        protocol.write(json.dumps(text) + "\n")


if __name__ == "__main__":
    main()
