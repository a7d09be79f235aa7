"""The ledger in DynamoDB: every transition is one conditional write.

TTL deletes late, so every condition and every read checks `expires_at` itself (I11).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from liveness_gateway.adapters.dynamodb.items import (
    SWEEP_SHARDS,
    Item,
    attempt_reference_of,
    claim_item,
    epoch,
    marshal,
    result_values,
    verification_of,
    version_of,
)
from liveness_gateway.verifications.model import (
    AttemptReference,
    Status,
    TerminalResult,
    Verification,
)
from liveness_gateway.verifications.ports import (
    LedgerUnavailableError,
    ResultRefusedError,
    Stored,
    UnreadableError,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OVERDUE_INDEX = "overdue"

T = TypeVar("T")


class DynamoDBLedger:
    """Implements the `Ledger` port on one table."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table = table_name

    def claim(self, claim: Verification) -> Verification | None:
        """See the port. The write that stores the claim also returns what stood in its way."""
        return self._put_claim(
            claim,
            "attribute_not_exists(#name) OR expires_at <= :now",
            "verification_id",
            {":now": epoch(claim.created_at)},
        )

    def reclaim(self, failed: Verification, claim: Verification) -> Verification | None:
        """See the port. The record and its versions continue; the attempt and its result are new.

        The expiry is new as well: the new attempt may be charged, so it is kept as long as any.
        """
        reclaimed = replace(
            claim,
            created_at=failed.created_at,
            attempt=failed.attempt + 1,
            version=failed.version,
        )
        standing = self._put_claim(
            reclaimed,
            "#name = :failed AND attempt = :attempt AND deadline = :deadline AND expires_at > :now",
            "status",
            {
                ":failed": str(Status.FAILED),
                ":attempt": failed.attempt,
                ":deadline": epoch(failed.deadline),
                ":now": epoch(claim.created_at),
            },
        )
        return reclaimed if standing is None else None

    def store(self, result: TerminalResult) -> Stored:
        """See the port. Of the record as it was, the write returns only what it changed."""
        allowed = "#status = :processing"
        if result.status is not Status.UNKNOWN:
            allowed = f"({allowed} OR #status = :unknown)"
        values = {
            ":attempt": result.attempt_reference.attempt,
            ":deadline": epoch(result.attempt_reference.deadline),
            ":processing": str(Status.PROCESSING),
            ":now": epoch(result.ended_at),
            ":one": 1,
        }
        if result.status is not Status.UNKNOWN:
            values[":unknown"] = str(Status.UNKNOWN)
        update, names, assigned = _update(result)
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=marshal({"verification_id": result.attempt_reference.verification_id}),
                UpdateExpression=update,
                ConditionExpression=(
                    f"attempt = :attempt AND deadline = :deadline AND expires_at > :now"
                    f" AND {allowed}"
                ),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=marshal(values) | assigned,
                ReturnValues="UPDATED_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except (ClientError, BotoCoreError) as error:
            before = _stored_before(error, result)
            return Stored(before.version, before)
        return Stored(_read(version_of, answer.get("Attributes") or {}) + 1)

    def get(self, verification_id: str) -> Verification | None:
        """See the port."""
        try:
            answer = self._client.get_item(
                TableName=self._table,
                Key=marshal({"verification_id": verification_id}),
                ConsistentRead=True,
            )
        except (ClientError, BotoCoreError) as error:
            raise LedgerUnavailableError(type(error).__name__) from error
        item = answer.get("Item")
        return _read(verification_of, item) if item else None

    def overdue(self, now: datetime) -> Iterator[AttemptReference | None]:
        """See the port."""
        for shard in SWEEP_SHARDS:
            yield from self._overdue_in(shard, now)

    def _overdue_in(self, shard: str, now: datetime) -> Iterator[AttemptReference | None]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_OVERDUE_INDEX,
            KeyConditionExpression="sweep_shard = :shard AND deadline < :now",
            ExpressionAttributeValues=marshal({":shard": shard, ":now": epoch(now)}),
        )
        try:
            for page in pages:
                for item in page["Items"]:
                    yield _attempt_reference(item)
        except (ClientError, BotoCoreError) as error:
            raise LedgerUnavailableError(type(error).__name__) from error

    def _put_claim(
        self, claim: Verification, condition: str, name: str, values: dict[str, Any]
    ) -> Verification | None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=claim_item(claim),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues=marshal(values),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except (ClientError, BotoCoreError) as error:
            standing = _standing(error)
            return None if _is_own(standing, claim) else standing
        return None


def _update(result: TerminalResult) -> tuple[str, dict[str, str], Item]:
    """The update a result makes, with its names and values; `status` is a reserved word.

    Attributes that this result does not have are removed: a late answer must not keep the reasons
    of the `unknown` before it. Only the image of the claim stays.
    """
    values = result_values(result)
    present = marshal(values)
    removed = values.keys() - present.keys() - {"image"}
    assignments = ", ".join(f"#{name} = :r_{name}" for name in present)
    gone = ", ".join(["sweep_shard", *(f"#{name}" for name in sorted(removed))])
    return (
        f"SET version = version + :one, {assignments} REMOVE {gone}",
        {f"#{name}": name for name in present.keys() | removed},
        {f":r_{name}": value for name, value in present.items()},
    )


def _standing(error: Exception) -> Verification:
    """The record that stood in the way of a conditional write.

    Raises:
        LedgerUnavailableError: the write failed for another reason; it may have happened.
    """
    if not isinstance(error, ClientError):
        raise LedgerUnavailableError(type(error).__name__) from error
    code = error.response["Error"]["Code"]
    item = cast("Item | None", error.response.get("Item"))
    if code != "ConditionalCheckFailedException" or not item:
        raise LedgerUnavailableError(code) from error
    return _read(verification_of, item)


def _attempt_reference(item: Item) -> AttemptReference | None:
    try:
        return attempt_reference_of(item)
    except UnreadableError:
        return None


def _read(read: Callable[[Item], T], item: Item) -> T:
    try:
        return read(item)
    except UnreadableError as error:
        raise LedgerUnavailableError(str(error)) from None


def _is_own(standing: Verification, claim: Verification) -> bool:
    """Whether the record is the claim itself: its first put was stored and the answer was lost."""
    return standing.status is Status.PROCESSING and standing.claim_id == claim.claim_id


def _stored_before(error: Exception, result: TerminalResult) -> Verification:
    """The record, when this very result is already in it: a retried write, a redelivered message.

    An `unknown` result for a record that is `unknown` already is the same one, for any reason.

    Raises:
        LedgerUnavailableError: the write's outcome is not known.
        ResultRefusedError: the record does not take this result.
    """
    standing = _standing_or_refused(error)
    same = (
        standing.status is result.status
        and standing.attempt_reference == result.attempt_reference
        and (standing.status is Status.UNKNOWN or standing.reasons == result.reasons)
        and standing.score == result.score
    )
    if not same:
        raise ResultRefusedError(f"{standing.status} does not become {result.status}")
    return standing


def _standing_or_refused(error: Exception) -> Verification:
    missing = (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
        and not error.response.get("Item")
    )
    if missing:
        raise ResultRefusedError("there is no such record") from error
    return _standing(error)
