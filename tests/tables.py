"""The stack's tables, as `infra/storage.py` makes them."""

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_table(client: "DynamoDBClient") -> str:
    """Make a table of verifications under a new name, with its stream and its index."""
    name = f"verifications-{uuid.uuid4().hex}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "verification_id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "verification_id", "AttributeType": "S"},
            {"AttributeName": "sweep_shard", "AttributeType": "S"},
            {"AttributeName": "deadline", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "overdue",
                "KeySchema": [
                    {"AttributeName": "sweep_shard", "KeyType": "HASH"},
                    {"AttributeName": "deadline", "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["attempt", "expires_at", "status"],
                },
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return name


def create_short_lived(client: "DynamoDBClient", name: str) -> None:
    """Make the table of the breaker, or that of the budgets."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
