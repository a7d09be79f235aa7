"""Fixtures of the adapters' tests: AWS behind a real socket."""

from collections.abc import Iterator

import pytest

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from tests.adapters.aws_endpoint import IMPATIENT, ONCE, TWICE, AwsEndpoint
from tests.tables import create_table


@pytest.fixture(scope="session")
def _running_aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def aws(_running_aws: AwsEndpoint) -> AwsEndpoint:
    _running_aws.recover()
    return _running_aws


@pytest.fixture
def table_name(aws: AwsEndpoint) -> str:
    name = create_table(aws.client("dynamodb"))
    aws.recover()
    return name


@pytest.fixture
def ledger(aws: AwsEndpoint, table_name: str) -> DynamoDBLedger:
    """A ledger whose client repeats nothing by itself, as `verify` has it."""
    return DynamoDBLedger(aws.client("dynamodb", ONCE), table_name)


@pytest.fixture
def impatient(aws: AwsEndpoint, table_name: str) -> DynamoDBLedger:
    """A ledger on the same table whose client waits for nothing."""
    return DynamoDBLedger(aws.client("dynamodb", IMPATIENT), table_name)


@pytest.fixture
def repeating(aws: AwsEndpoint, table_name: str) -> DynamoDBLedger:
    """A ledger on the same table whose client repeats a call once, as `sweep` has it."""
    return DynamoDBLedger(aws.client("dynamodb", TWICE), table_name)
