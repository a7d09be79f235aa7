"""DynamoDB's client in memory: conditional writes, a stream, a lagging index. Typed items only."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.doubles.expressions import Item, condition, updated
from tests.faults import Faults, SdkRetryError

Arguments = Mapping[str, Any]
TABLE: Final = "verifications"


@dataclass(frozen=True)
class Change:
    """One line of the table's stream: the images before and after a write."""

    sequence_number: str
    before: Item | None
    after: Item


class TableDouble:
    """The part of the client `DynamoDBLedger` uses, on one table; safe from several threads.

    Values are taken and given as they are: nobody changes a typed value in place.

    Attributes:
        items: what is in the table, by verification_id.
        stream: every write, in order.
        lagging: while True the index is not brought up to date; `catch_up` ends that.
        on_write: told of each write.
        on_refusal: told of each put that the condition refused: the item, and what stands there.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._lock = threading.RLock()
        self.items: dict[str, Item] = {}
        self.stream: list[Change] = []
        self.lagging = False
        self.on_write: Callable[[Change], None] = lambda _: None
        self.on_refusal: Callable[[Item, Item], None] = lambda _, __: None
        self._index: dict[str, Item] = {}
        self._numbers = 0

    def put_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        return self._write("table.put", arguments, self._put)

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        return self._write("table.update", arguments, self._update)

    def get_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        if arguments["ConsistentRead"] is not True:
            raise AssertionError("only a consistent read may be shown to a caller")
        self._faults.at("table.get", "before")
        item = self.items.get(arguments["Key"]["verification_id"]["S"])
        self._faults.at("table.get", "after")
        return {"Item": dict(item)} if item else {}

    def get_paginator(self, operation: str) -> "TableDouble":
        if operation != "query":
            raise AssertionError(f"a {operation} reads the whole table")
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as boto3
        self._faults.at("table.query", "before")
        key = condition(arguments["KeyConditionExpression"])
        values = arguments["ExpressionAttributeValues"]
        found = [item for item in self._index.values() if key(item, {}, values)]
        found.sort(key=lambda item: int(item["deadline"]["N"]))
        self._faults.at("table.query", "after")
        for start in range(0, len(found), 2):
            yield {"Items": [dict(item) for item in found[start : start + 2]]}

    def catch_up(self) -> None:
        """Bring the index up to date and keep it so."""
        self.lagging = False
        self._index = dict(self.items)

    def delete_expired(self, now: datetime) -> list[Item]:
        """What TTL does some time after `expires_at`, by DynamoDB's own clock: what it deleted."""
        gone = [k for k, i in self.items.items() if int(i["expires_at"]["N"]) <= now.timestamp()]
        erased = [self.items.pop(key) for key in gone]
        self._reindex()
        return erased

    def next_number(self) -> str:
        """The next sequence number of the stream."""
        self._numbers += 1
        return f"{self._numbers:021d}"

    def _write(
        self, effect: str, arguments: Arguments, apply: Callable[[Arguments], dict[str, Any]]
    ) -> dict[str, Any]:
        while True:
            self._faults.at(effect, "before")
            answer: dict[str, Any] | ClientError
            with self._lock:
                try:
                    answer = apply(arguments)
                except ClientError as refusal:
                    answer = refusal
            try:
                # A refusal is an answer too, and can be lost as any other.
                self._faults.at(effect, "after")
            except SdkRetryError:
                continue
            if isinstance(answer, ClientError):
                raise answer
            return answer

    def _put(self, arguments: Arguments) -> dict[str, Any]:
        item = dict(arguments["Item"])
        key = item["verification_id"]["S"]
        try:
            self._check(key, arguments)
        except ClientError:
            if key in self.items:  # a record that is deleted takes no next attempt either
                self.on_refusal(item, self.items[key])
            raise
        self._store(item)
        return {}

    def _update(self, arguments: Arguments) -> dict[str, Any]:
        key = arguments["Key"]["verification_id"]["S"]
        if arguments["ReturnValues"] != "UPDATED_OLD":
            raise AssertionError("only what the update changed is returned")
        self._check(key, arguments)
        before = self.items.get(key) or dict(arguments["Key"])
        after = updated(
            before,
            arguments["UpdateExpression"],
            arguments["ExpressionAttributeNames"],
            arguments["ExpressionAttributeValues"],
        )
        self._store(after)
        return {"Attributes": {k: v for k, v in before.items() if after.get(k) != v}}

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
            response["Item"] = dict(standing)
        raise ClientError(response, "Write")

    def _store(self, item: Item) -> None:
        key = item["verification_id"]["S"]
        change = Change(self.next_number(), self.items.get(key), dict(item))
        self.items[key] = item
        self._reindex()
        self.stream.append(change)
        self.on_write(change)

    def _reindex(self) -> None:
        if not self.lagging:
            self._index = {k: i for k, i in self.items.items() if "sweep_shard" in i}
