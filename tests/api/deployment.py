"""What a deployed stack would give the functions: tables, secrets, queues, a bus, an upstream."""

import json
import uuid
from typing import Any, Final

from sandbox import Sandbox
from tests.adapters.aws_endpoint import REGION, AwsEndpoint
from tests.tables import create_short_lived, create_table

APP_KEY: Final = "app-key-canary-5f1e"
FINGERPRINT_KEY: Final = "fingerprint-key-canary-" + "9" * 41


class Deployment:
    """One stack behind the endpoint, its upstream the sandbox.

    Attributes:
        environment: what every function of it finds in its environment.
    """

    def __init__(self, aws: AwsEndpoint, sandbox: Sandbox) -> None:
        self.aws = aws
        self.sandbox = sandbox
        self.name = f"stack-{uuid.uuid4().hex[:12]}"
        self.table = create_table(aws.client("dynamodb"))
        for table in ("breaker", "budgets"):
            create_short_lived(aws.client("dynamodb"), f"{self.name}-{table}")
        sqs = aws.client("sqs")
        names = ("emergency", "letters", "consumer")
        self.queues: dict[str, str] = {
            name: sqs.create_queue(QueueName=f"{self.name}-{name}")["QueueUrl"] for name in names
        }
        self._create_bus()
        secrets = aws.client("secretsmanager")
        credentials = json.dumps({"app_id": "our-id", "app_key": APP_KEY})
        self.secret = self._secret(secrets, "upstream", credentials)
        self.environment = self._environment(
            UPSTREAM_URL=sandbox.url + "/",
            UPSTREAM_SECRET_ARN=self.secret,
            FINGERPRINT_SECRET_ARN=self._secret(secrets, "fingerprint", FINGERPRINT_KEY),
        )
        sandbox.rotate("our-id", APP_KEY)
        aws.recover()

    def _environment(self, **own: str) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.aws.url,
            "STAGE": "local",
            "POWERTOOLS_SERVICE_NAME": self.name,
            "POWERTOOLS_METRICS_NAMESPACE": "liveness-gateway",
            "POWERTOOLS_LOG_LEVEL": "DEBUG",
            "TABLE_NAME": self.table,
            "UPSTREAM_DIALECT": "v0.2",
            "BREAKER_TABLE_NAME": f"{self.name}-breaker",
            "BUDGET_TABLE_NAME": f"{self.name}-budgets",
            "EMERGENCY_QUEUE_URL": self.queues["emergency"],
            "ALLOWED_ORIGINS": "https://app.example.com, https://other.example.com",
            "DEFAULT_THRESHOLD": "0.6",
            "MINIMUM_THRESHOLD": "0.5",
            "MINIMUM_SIDE": "0",
            "MAXIMUM_SIDE": "0",
            "RETENTION_HOURS": "24",
            "MULTIPLE_FACES": "inconclusive",
            "FORWARD_METADATA": "false",
            "CLIENT_CALLS_PER_DAY": "0",
            "CLIENT_CALLS_PER_MONTH": "0",
            "EVENT_BUS_NAME": self.name,
            "DEAD_LETTER_QUEUE_URL": self.queues["letters"],
            **own,
        }

    def items(self, table: str | None = None) -> list[dict[str, Any]]:
        """Everything in the table of verifications, or in another."""
        found: list[dict[str, Any]] = self.aws.client("dynamodb").scan(
            TableName=table or self.table
        )["Items"]
        return found

    def stream(self) -> dict[str, Any]:
        """The event `publish_events` gets for what is in the table now."""
        records = [
            {"dynamodb": {"SequenceNumber": str(number), "NewImage": item}}
            for number, item in enumerate(self.items(), start=1)
        ]
        return {"Records": records}

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Take everything out of a queue."""
        sqs, url = self.aws.client("sqs"), self.queues[queue]
        found: list[dict[str, Any]] = []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += batch
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def _create_bus(self) -> None:
        events, sqs = self.aws.client("events"), self.aws.client("sqs")
        arn = sqs.get_queue_attributes(
            QueueUrl=self.queues["consumer"], AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        events.create_event_bus(Name=self.name)
        pattern = json.dumps({"source": ["liveness-gateway"]})
        events.put_rule(Name="all", EventBusName=self.name, EventPattern=pattern)
        events.put_targets(
            Rule="all", EventBusName=self.name, Targets=[{"Id": "consumer", "Arn": arn}]
        )

    def _secret(self, client: Any, name: str, text: str) -> str:  # noqa: ANN401 - boto3 types each client apart
        arn: str = client.create_secret(Name=f"{self.name}-{name}", SecretString=text)["ARN"]
        return arn
