"""DynamoDB's client in memory: conditional writes, a stream, a lagging index. Typed items only."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.faults import SdkRetryError
from tests.invariants.expressions import Item, condition, updated
from tests.invariants.history import (
    Generation,
    History,
    Refused,
    Write,
    expired,
    generation_of,
    plain,
)
from tests.invariants.processes import Steering

Arguments = Mapping[str, Any]
TABLE: Final = "verifications"


class TableDouble:
    """The part of the client `DynamoDBLedger` uses, on one table.

    Attributes:
        items: what is in the table, by verification_id.
        lagging: while True the index is not brought up to date.
    """

    def __init__(self, steering: Steering, history: History) -> None:
        self._steering = steering
        self._history = history
        self.items: dict[str, Item] = {}
        self.lagging = False
        self._index: dict[str, Item] = {}

    def put_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        return self._write("table.put", arguments, self._put)

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        return self._write("table.update", arguments, self._update)

    def get_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        if arguments["ConsistentRead"] is not True:
            raise AssertionError("only a consistent read may be shown to a caller")
        self._steering.at("table.get", "before")
        item = self.items.get(arguments["Key"]["verification_id"]["S"])
        self._steering.at("table.get", "after")
        return {"Item": deepcopy(item)} if item else {}

    def get_paginator(self, operation: str) -> "TableDouble":
        if operation != "query":
            raise AssertionError(f"a {operation} reads the whole table")
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as boto3
        self._steering.at("table.query", "before")
        key = condition(arguments["KeyConditionExpression"])
        values = arguments["ExpressionAttributeValues"]
        found = [item for item in self._index.values() if key(item, {}, values)]
        found.sort(key=lambda item: int(item["deadline"]["N"]))
        self._steering.at("table.query", "after")
        for start in range(0, len(found), 2):
            yield {"Items": [deepcopy(item) for item in found[start : start + 2]]}

    def catch_up(self) -> None:
        """Bring the index up to date and keep it so."""
        self.lagging = False
        self._index = dict(self.items)

    def delete_expired(self, now: datetime) -> list[Generation]:
        """What TTL does some time after `expires_at`, by DynamoDB's own clock."""
        gone = [key for key, item in self.items.items() if expired(plain(item), now)]
        erased = [generation_of(plain(self.items.pop(key))) for key in gone]
        self._reindex()
        return erased

    def _write(
        self, effect: str, arguments: Arguments, apply: Callable[[Arguments], dict[str, Any]]
    ) -> dict[str, Any]:
        while True:
            self._steering.at(effect, "before")
            answer, refusal = _tried(apply, arguments)
            try:
                # A refusal is an answer too, and can be lost as any other.
                self._steering.at(effect, "after")
            except SdkRetryError:
                continue
            if refusal is not None:
                raise refusal
            return answer

    def _put(self, arguments: Arguments) -> dict[str, Any]:
        item = deepcopy(arguments["Item"])
        try:
            self._check(item["verification_id"]["S"], arguments)
        except ClientError:
            self._refused(plain(item))
            raise
        self._store(item)
        return {}

    def _update(self, arguments: Arguments) -> dict[str, Any]:
        key = arguments["Key"]["verification_id"]["S"]
        self._check(key, arguments)
        after = updated(
            self.items.get(key) or dict(arguments["Key"]),
            arguments["UpdateExpression"],
            arguments["ExpressionAttributeNames"],
            deepcopy(arguments["ExpressionAttributeValues"]),
        )
        self._store(after)
        return {"Attributes": deepcopy(after)}

    def _check(self, key: str, arguments: Arguments) -> None:
        if "ConditionExpression" not in arguments:
            return
        met = condition(arguments["ConditionExpression"])
        standing = self.items.get(key)
        names = arguments.get("ExpressionAttributeNames", {})
        if met(standing or {}, names, arguments["ExpressionAttributeValues"]):
            return
        response: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        if standing and arguments.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            response["Item"] = deepcopy(standing)
        raise ClientError(response, "Write")

    def _refused(self, claim: Mapping[str, Any]) -> None:
        standing = self.items.get(claim["verification_id"])
        if standing is None:
            return  # a next attempt on a record that was deleted meanwhile
        self._history.refused.append(
            Refused(
                tick=self._history.tick(),
                process=self._steering.actor,
                claimed_at=datetime.fromisoformat(claim["created_at"]),
                attempt=int(claim["attempt"]),
                standing=plain(standing),
            )
        )

    def _store(self, item: Item) -> None:
        key = item["verification_id"]["S"]
        tick = self._history.tick()
        self._history.writes.append(
            Write(
                tick=tick,
                process=self._steering.actor,
                now=self._steering.clock.now(),
                before=self.items.get(key),
                after=deepcopy(item),
                sequence_number=f"{tick:021d}",
            )
        )
        self.items[key] = item
        self._reindex()

    def _reindex(self) -> None:
        if not self.lagging:
            self._index = {k: i for k, i in self.items.items() if "sweep_shard" in i}


def _tried(
    apply: Callable[[Arguments], dict[str, Any]], arguments: Arguments
) -> tuple[dict[str, Any], ClientError | None]:
    try:
        return apply(arguments), None
    except ClientError as refusal:
        return {}, refusal
