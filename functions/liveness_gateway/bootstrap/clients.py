"""The AWS clients of the functions: short timeouts, so that a service that hangs leaves time.

They are botocore's own, of one session: boto3 makes the same ones, and takes a seventh of a cold
start to import what nothing here uses (docs/adr/0021).
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from botocore.config import Config
from botocore.session import Session

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
    client: DynamoDBClient = _client("dynamodb", config)
    return client


def events(config: Config = QUICK) -> "EventBridgeClient":
    """A client of EventBridge."""
    client: EventBridgeClient = _client("events", config)
    return client


def secretsmanager(config: Config = SECRETS) -> "SecretsManagerClient":
    """A client of Secrets Manager."""
    client: SecretsManagerClient = _client("secretsmanager", config)
    return client


def sqs(config: Config = QUICK) -> "SQSClient":
    """A client of SQS, made by its first call: few environments ever send a message."""
    return cast("SQSClient", _Sqs(config))


class _Sqs:
    """The part of the client that is used."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client: Any = None

    def send_message(self, **message: str) -> object:
        """As the client's own, whose making can fail with a `BotoCoreError`, too."""
        self._client = self._client or _client("sqs", self._config)
        return self._client.send_message(**message)


def _client(service: str, config: Config) -> Any:  # noqa: ANN401 - botocore types all alike
    return _session().create_client(service, config=config)


@cache
def _session() -> Session:
    """One for all: it keeps what it read of the services' models."""
    return Session()
