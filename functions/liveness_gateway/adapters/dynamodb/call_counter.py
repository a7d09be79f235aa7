"""The calls that each client caused, counted in DynamoDB: one item, one conditional update a call.

Updates of one item follow each other, and none makes another fail, as transactions on one item do
(docs/adr/0025).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.dynamodb.items import Item, epoch, marshal
from liveness_gateway.adapters.dynamodb.values import NONE_OF_OURS, integer, text, untyped
from liveness_gateway.verifications.counting import Counted, CounterUnavailableError, Period

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A count is of use to the end of its month.
_KEPT: Final = timedelta(days=40)
# A second try follows where a day began in between; a third only where others began it, too.
_TRIES: Final = 5
_ONE_MORE: Final = "SET day_calls = day_calls + :one, month_calls = month_calls + :one"
_BEGIN: Final = (
    "SET counted_day = :today, day_calls = :one, month_calls = :month, expires_at = :expiry"
)


class _Count(NamedTuple):
    """What is counted: the calls of one day, and those of its month up to then."""

    day: date
    day_calls: int
    month_calls: int

    @classmethod
    def of(cls, item: Item) -> Self:
        try:
            plain = {name: untyped(value) for name, value in item.items()}
            return cls(
                date.fromisoformat(text(plain["counted_day"])),
                integer(plain["day_calls"]),
                integer(plain["month_calls"]),
            )
        except NONE_OF_OURS:
            raise CounterUnavailableError("this item is no count") from None

    def used_up(self, day: date, per_day: int, per_month: int) -> Period | None:
        """Which limit leaves no call on this day, the count's own or a later one."""
        if 0 < per_month <= self.month_calls_on(day):
            return Period.MONTH
        return Period.DAY if 0 < per_day <= self.day_calls_on(day) else None

    def day_calls_on(self, day: date) -> int:
        return self.day_calls if self.day == day else 0

    def month_calls_on(self, day: date) -> int:
        same = (self.day.year, self.day.month) == (day.year, day.month)
        return self.month_calls if same else 0


class DynamoDBCallCounter:
    """Implements the `CallCounter` port."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table = table_name

    def take(self, client_id: str, today: date, per_day: int, per_month: int) -> Counted:
        """See the port. A clock that is late counts for the day that another has begun."""
        day = today
        for _ in range(_TRIES):
            counted, item = self._one_more(client_id, day, per_day, per_month)
            if counted:
                made = _Count.of(item)
                return Counted(None, made.day_calls, made.month_calls)
            count = _Count.of(item) if item else None
            day = max(day, count.day) if count else day
            if count and (used_up := count.used_up(day, per_day, per_month)):
                return Counted(used_up, count.day_calls_on(day), count.month_calls_on(day))
            month_calls = 1 + (count.month_calls_on(day) if count else 0)
            behind = count is None or count.day < day
            if behind and self._begin(client_id, day, month_calls, count):
                return Counted(None, 1, month_calls)
        raise CounterUnavailableError("the count changes all the time")

    def _one_more(
        self, client_id: str, day: date, per_day: int, per_month: int
    ) -> tuple[bool, Item]:
        """Count one of this day; see `_update`."""
        conditions, values = ["counted_day = :today"], {":today": day.isoformat(), ":one": 1}
        for name, limit in (("day_calls", per_day), ("month_calls", per_month)):
            if limit:
                conditions.append(f"{name} < :{name}")
                values[f":{name}"] = limit
        return self._update(client_id, _ONE_MORE, " AND ".join(conditions), values)

    def _begin(self, client_id: str, day: date, month_calls: int, before: _Count | None) -> bool:
        """Count the first of a day; whether nobody else did."""
        values: dict[str, Any] = {
            ":today": day.isoformat(),
            ":one": 1,
            ":month": month_calls,
            ":expiry": epoch(datetime.combine(day, time(), UTC) + _KEPT),
        }
        condition = "attribute_not_exists(id)"
        if before is not None:
            values |= {":before": before.day.isoformat(), ":counted": before.month_calls}
            condition = "counted_day = :before AND month_calls = :counted"
        began, _ = self._update(client_id, _BEGIN, condition, values)
        return began

    def _update(
        self, client_id: str, update: str, condition: str, values: dict[str, Any]
    ) -> tuple[bool, Item]:
        """Whether the update was made, and the item as it is now; empty where there is none."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=marshal({"id": client_id}),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=marshal(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise CounterUnavailableError(type(error).__name__) from error
            return False, cast("Item", error.response.get("Item", {}))
        except BotoCoreError as error:
            raise CounterUnavailableError(type(error).__name__) from error
        return True, cast("Item", answer.get("Attributes", {}))
