"""The calls the circuit breaker judges by: those of the last 30 seconds, of every environment.

One execution environment serves one request at a time, so it may see a single failure in the time
the others together see fifty. A failure is therefore counted in the breaker's table, with the calls
its environment made beside it; successes alone write nothing.
"""

from collections import deque
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.dynamodb.items import marshal
from liveness_gateway.clock import Clock
from liveness_gateway.telemetry import Telemetry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WINDOW_SECONDS: Final = 30.0
_KEY: Final = "upstream-window"
_KEPT_SECONDS: Final = 3600


class LocalWindow:
    """The calls of this environment alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[tuple[float, bool]] = deque()

    def add(self, *, success: bool) -> tuple[int, int]:
        """Count a call; the failures and the calls in the window."""
        now = self._clock.monotonic()
        self._calls.append((now, success))
        while self._calls[0][0] < now - WINDOW_SECONDS:
            self._calls.popleft()
        return sum(not ok for _, ok in self._calls), len(self._calls)

    def clear(self) -> None:
        """Discard them: the circuit has opened."""
        self._calls.clear()


class SharedWindow:
    """The calls of every environment that saw a failure; counted from the first failure on."""

    def __init__(
        self, client: "DynamoDBClient", table_name: str, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._client = client
        self._table = table_name
        self._clock = clock
        self._telemetry = telemetry
        self._own = LocalWindow(clock)

    def add(self, *, success: bool) -> tuple[int, int]:
        """Count a call; after a failure, the failures and the calls of all."""
        failures, calls = self._own.add(success=success)
        if success:
            return failures, calls
        self._own.clear()
        try:
            return self._count(calls)
        except (ClientError, BotoCoreError):
            self._telemetry.count("breaker_store_failed")
            return 0, calls

    def clear(self) -> None:
        """Nothing to discard: the window has ended by the time the circuit closes again."""

    def _count(self, calls: int) -> tuple[int, int]:
        now = int(self._clock.now().timestamp())
        try:
            return self._add(calls, now)
        except self._client.exceptions.ConditionalCheckFailedException:
            self._begin(calls, now)
        return 1, calls

    def _add(self, calls: int, now: int) -> tuple[int, int]:
        answer = self._client.update_item(
            TableName=self._table,
            Key=marshal({"id": _KEY}),
            UpdateExpression="ADD failures :one, calls :calls",
            ConditionExpression="began > :old",
            ExpressionAttributeValues=marshal(
                {":one": 1, ":calls": calls, ":old": now - int(WINDOW_SECONDS)}
            ),
            ReturnValues="UPDATED_NEW",
        )
        counted = answer["Attributes"]
        return int(counted["failures"]["N"]), int(counted["calls"]["N"])

    def _begin(self, calls: int, now: int) -> None:
        # Two may begin at once and one failure be lost: the next one counts.
        window = {"id": _KEY, "began": now, "failures": 1, "calls": calls}
        item = marshal(window | {"expiration": now + _KEPT_SECONDS})
        self._client.put_item(TableName=self._table, Item=item)
