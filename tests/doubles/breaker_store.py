"""The breaker's table: Powertools' record of the circuit, and the window of all calls.

The record is doubled at its own port, for Powertools' store reads the machine's clock.
"""

from types import SimpleNamespace
from typing import Any, Final

from aws_lambda_powertools.utilities.circuit_breaker import CircuitState
from aws_lambda_powertools.utilities.circuit_breaker.persistence.record import CircuitStateRecord
from botocore.exceptions import ClientError

from tests.invariants.expressions import Item, condition
from tests.invariants.processes import Steering

_PROBE_SECONDS: Final = 30


class ConditionalCheckFailedException(ClientError):
    """The condition of a write does not hold."""


class BreakerTableDouble:
    """Implements `BreakerStore`, and the part of DynamoDB's client that `SharedWindow` uses.

    Attributes:
        down: while True every call fails; as the real one, a failed read shows a closed circuit.
    """

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self._record = CircuitStateRecord("upstream", CircuitState.CLOSED)
        self._window: Item = {}
        self.down = False

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self._steering.at("breaker.count", "before")
        self._fail_if_down()
        values = arguments["ExpressionAttributeValues"]
        if not condition(arguments["ConditionExpression"])(self._window, {}, values):
            raise ConditionalCheckFailedException({"Error": {"Code": "Conditional"}}, "Update")
        for clause in arguments["UpdateExpression"].removeprefix("ADD ").split(", "):
            name, value = clause.split(" ")
            total = int(self._window[name]["N"]) + int(values[value]["N"])
            self._window[name] = {"N": str(total)}
        return {"Attributes": dict(self._window)}

    def put_item(self, **arguments: Any) -> None:  # noqa: ANN401 - as boto3 has it
        self._steering.at("breaker.count", "before")
        self._fail_if_down()
        self._window = dict(arguments["Item"])

    def get_state(self, name: str) -> CircuitStateRecord:
        self._steering.at("breaker.get", "before")
        return CircuitStateRecord(name, CircuitState.CLOSED) if self.down else self._record

    def save_open(self, name: str, failure_count: int, opened_at: int) -> None:
        self._save(CircuitStateRecord(name, CircuitState.OPEN, failure_count, opened_at))

    def save_reopen(self, name: str, opened_at: int) -> None:
        self._save(CircuitStateRecord(name, CircuitState.OPEN, 1, opened_at))

    def save_closed(self, name: str) -> None:
        self._save(CircuitStateRecord(name, CircuitState.CLOSED))

    def try_acquire_half_open(self, name: str, owner: str, opened_at: int) -> bool:
        self._fail_if_down()
        now = int(self._steering.clock.now().timestamp())
        standing = self._record
        lease = standing.probe_lease_expiry
        free = (standing.state is CircuitState.OPEN and standing.opened_at == opened_at) or (
            standing.state is CircuitState.HALF_OPEN and lease is not None and lease <= now
        )
        if free:
            self._record = CircuitStateRecord(
                name,
                CircuitState.HALF_OPEN,
                opened_at=opened_at,
                half_open_owner=owner,
                probe_lease_expiry=now + _PROBE_SECONDS,
            )
        return free

    def _save(self, record: CircuitStateRecord) -> None:
        self._steering.at("breaker.save", "before")
        self._fail_if_down()
        self._record = record

    def _fail_if_down(self) -> None:
        if self.down:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "Write")
