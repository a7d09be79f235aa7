"""The breaker's table in memory: the record of the circuit, and the window of all calls.

The record is doubled at the breaker's own port, for Powertools' store reads the machine's clock;
`tests/adapters/upstream/test_breaker_store.py` compares the two.
"""

from types import SimpleNamespace
from typing import Any, Final

from aws_lambda_powertools.utilities.circuit_breaker import CircuitState
from aws_lambda_powertools.utilities.circuit_breaker.persistence.record import CircuitStateRecord
from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.telemetry import Telemetry
from tests.doubles.clock import ManualClock
from tests.doubles.expressions import Item, condition
from tests.faults import Faults

_PROBE_SECONDS: Final = 30
_CACHE_SECONDS: Final = 2


class ConditionalCheckFailedError(ClientError):
    """The condition of a write does not hold."""


class BreakerTableDouble:
    """The part of DynamoDB's client that `SharedWindow` uses; `store` makes the rest.

    Attributes:
        record: of the circuit.
        window: the item of the window.
    """

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedError)

    def __init__(self, clock: ManualClock, faults: Faults | None = None) -> None:
        self.clock = clock
        self.faults = faults or Faults()
        self.record = CircuitStateRecord("upstream", CircuitState.CLOSED)
        self.window: Item = {}

    def store(self, telemetry: Telemetry) -> "BreakerStoreDouble":
        """The store of one execution environment: it has a cache of its own."""
        return BreakerStoreDouble(self, telemetry)

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self.faults.at("breaker.count", "before")
        values = arguments["ExpressionAttributeValues"]
        if not condition(arguments["ConditionExpression"])(self.window, {}, values):
            raise ConditionalCheckFailedError({"Error": {"Code": "Conditional"}}, "Update")
        for clause in arguments["UpdateExpression"].removeprefix("ADD ").split(", "):
            name, value = clause.split(" ")
            total = int(self.window[name]["N"]) + int(values[value]["N"])
            self.window[name] = {"N": str(total)}
        self.faults.at("breaker.count", "after")
        return {"Attributes": dict(self.window)}

    def put_item(self, **arguments: Any) -> None:  # noqa: ANN401 - as boto3 has it
        self.faults.at("breaker.count", "before")
        self.window = dict(arguments["Item"])
        self.faults.at("breaker.count", "after")


class BreakerStoreDouble:
    """Implements `BreakerStore`: a failed read shows a closed circuit and is counted."""

    def __init__(self, table: BreakerTableDouble, telemetry: Telemetry) -> None:
        self._table = table
        self._telemetry = telemetry
        self._cached: tuple[int, CircuitStateRecord] | None = None

    def get_state(self, name: str) -> CircuitStateRecord:
        self._table.faults.at("breaker.state", "before")
        if self._cached is not None and self._now() < self._cached[0]:
            return self._cached[1]
        try:
            self._table.faults.at("breaker.get", "before")
            record = self._table.record
            self._table.faults.at("breaker.get", "after")
        except (ClientError, BotoCoreError):
            self._telemetry.count("breaker_store_failed")
            return CircuitStateRecord(name, CircuitState.CLOSED)
        return self._keep(record)

    def save_open(self, name: str, failure_count: int, opened_at: int) -> None:
        self._save(CircuitStateRecord(name, CircuitState.OPEN, failure_count, opened_at))

    def save_reopen(self, name: str, opened_at: int) -> None:
        self._save(CircuitStateRecord(name, CircuitState.OPEN, opened_at=opened_at))

    def save_closed(self, name: str) -> None:
        self._save(CircuitStateRecord(name, CircuitState.CLOSED))

    def try_acquire_half_open(self, name: str, owner: str, opened_at: int) -> bool:
        self._table.faults.at("breaker.save", "before")
        standing, now = self._table.record, self._now()
        lease = standing.probe_lease_expiry
        free = (standing.state is CircuitState.OPEN and standing.opened_at == opened_at) or (
            standing.state is CircuitState.HALF_OPEN and lease is not None and lease <= now
        )
        probe = CircuitStateRecord(
            name,
            CircuitState.HALF_OPEN,
            opened_at=opened_at,
            half_open_owner=owner,
            probe_lease_expiry=now + _PROBE_SECONDS,
        )
        if free:
            self._table.record = probe
        self._table.faults.at("breaker.save", "after")
        if free:
            self._keep(probe)
        return free

    def _save(self, record: CircuitStateRecord) -> None:
        self._table.faults.at("breaker.save", "before")
        self._table.record = record
        self._table.faults.at("breaker.save", "after")
        self._keep(record)

    def _keep(self, record: CircuitStateRecord) -> CircuitStateRecord:
        self._cached = (self._now() + _CACHE_SECONDS, record)
        return record

    def _now(self) -> int:
        return int(self._table.clock.time_of_day.timestamp())
