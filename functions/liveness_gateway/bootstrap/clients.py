"""The AWS clients of the functions: short timeouts, so that a service that hangs leaves time.

They share boto3's default session: the first client costs 60 to 75 ms, later ones 5 to 15.
"""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from liveness_gateway.adapters.user_agent import USER_AGENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# The shapes of our calls are constant, so botocore does not compare them with its models at every
# call: the tests of the adapters do, whose clients validate. Nor does it describe the machine in
# every request. Together that is a sixth of what a call costs.
_PLAIN: Final = Config(parameter_validation=False, user_agent=USER_AGENT)
QUICK: Final = _PLAIN.merge(
    Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"})
)
# `verify` itself repeats what it must store, within the time it has left; the SDK does not.
ONCE: Final = QUICK.merge(
    Config(connect_timeout=0.5, retries={"total_max_attempts": 1, "mode": "standard"})
)
# A request may have to read two secrets; each says yes or no within 3 s, the wait between two
# tries included.
SECRETS: Final = QUICK.merge(Config(connect_timeout=0.7, read_timeout=0.7))


def dynamodb(config: Config = QUICK) -> "DynamoDBClient":
    """A client of DynamoDB."""
    return boto3.client("dynamodb", config=config)


def events(config: Config = QUICK) -> "EventBridgeClient":
    """A client of EventBridge."""
    return boto3.client("events", config=config)


def secretsmanager(config: Config = SECRETS) -> "SecretsManagerClient":
    """A client of Secrets Manager."""
    return boto3.client("secretsmanager", config=config)


def sqs(config: Config = QUICK) -> "SQSClient":
    """A client of SQS."""
    return boto3.client("sqs", config=config)
