"""DynamoDB's client in memory, as `DynamoDBCallCounter` uses it: conditional updates of counts."""

import threading
from typing import Any

from botocore.exceptions import ClientError

from tests.doubles.expressions import Item, condition, updated
from tests.faults import Faults


class CounterTableDouble:
    """The table of the budgets; safe from several threads.

    Attributes:
        items: what is in the table, by client.
        updates: how many updates were asked for.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._lock = threading.Lock()
        self.items: dict[str, Item] = {}
        self.updates = 0

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
        self._faults.at("budget.update", "before")
        with self._lock:
            self.updates += 1
            after = self._update(arguments)
        self._faults.at("budget.update", "after")
        return {"Attributes": dict(after)}

    def _update(self, arguments: dict[str, Any]) -> Item:
        key, values = arguments["Key"], arguments["ExpressionAttributeValues"]
        standing = self.items.get(key["id"]["S"])
        if not condition(arguments["ConditionExpression"])(standing or {}, {}, values):
            response: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            if standing:
                response["Item"] = dict(standing)
            raise ClientError(response, "UpdateItem")
        before = standing or dict(key)
        after = updated(before, arguments["UpdateExpression"], {}, values)
        self.items[key["id"]["S"]] = after
        return after
