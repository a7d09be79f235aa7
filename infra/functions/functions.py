"""The functions: who may do what, and what wakes those that no request wakes."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling.bundler import Bundler
from infra.events import RECOVER_TIMEOUT, EventBus
from infra.functions.function import FunctionSpec, GatewayFunction
from infra.functions.stream import announce_terminal_versions
from infra.stages import Stage
from infra.storage import OVERDUE_INDEX, Storage

# API Gateway itself waits 29 s: the function must be the one that gives up and says why.
_VERIFY_TIMEOUT: Final = 28
_ITEM: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


class Functions(Construct):
    """All functions.

    Attributes:
        verify: the only one that reads secrets.
        results: reads single records.
        publish_events: woken by the table's stream; the only one that puts events.
        sweep: woken every 5 minutes.
        recover: woken by the emergency queue.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, storage: Storage, bus: EventBus
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._storage = storage
        self._bus = bus
        self._bundler = Bundler(stage)
        self.verify = self._verify().function
        self.results = self._results().function
        self.publish_events = self._publish_events().function
        self.sweep = self._sweep().function
        self.recover = self._recover().function

    @property
    def all(self) -> dict[str, lambda_.Function]:
        """Every function, by name."""
        return {
            "Verify": self.verify,
            "Results": self.results,
            "PublishEvents": self.publish_events,
            "Sweep": self.sweep,
            "Recover": self.recover,
        }

    def _make(self, construct_id: str, spec: FunctionSpec) -> GatewayFunction:
        return GatewayFunction(
            self, construct_id, spec=spec, stage=self._stage, bundler=self._bundler
        )

    def _verify(self) -> GatewayFunction:
        storage, bus = self._storage, self._bus
        verify = self._make(
            "Verify",
            FunctionSpec(
                name="verify",
                # Decoding and hashing 4.5 MiB is work for a processor.
                memory_size=1024,
                timeout_seconds=_VERIFY_TIMEOUT,
                concurrency=self._stage.verify_concurrency,
                environment={
                    **_judgement(self._stage),
                    "TABLE_NAME": storage.table.table_name,
                    "BREAKER_TABLE_NAME": storage.breaker_table.table_name,
                    "EMERGENCY_QUEUE_URL": bus.emergency.queue_url,
                    "UPSTREAM_SECRET_ARN": storage.upstream_secret.secret_arn,
                    "FINGERPRINT_SECRET_ARN": storage.fingerprint_secret.secret_arn,
                    "ALLOWED_ORIGINS": _origins(self._stage),
                },
            ),
        )
        verify.allow(*_ITEM, on=storage.table.table_arn)
        verify.allow(*_ITEM, on=storage.breaker_table.table_arn)
        verify.allow("secretsmanager:GetSecretValue", on=storage.upstream_secret.secret_arn)
        verify.allow("secretsmanager:GetSecretValue", on=storage.fingerprint_secret.secret_arn)
        verify.allow("sqs:SendMessage", on=bus.emergency.queue_arn)
        return verify

    def _results(self) -> GatewayFunction:
        table = self._storage.table
        results = self._make(
            "Results",
            FunctionSpec(
                name="results",
                timeout_seconds=10,
                environment={
                    "TABLE_NAME": table.table_name,
                    "ALLOWED_ORIGINS": _origins(self._stage),
                },
            ),
        )
        results.allow("dynamodb:GetItem", on=table.table_arn)
        return results

    def _publish_events(self) -> GatewayFunction:
        bus, dead_letters = self._bus.bus, self._bus.dead_letters
        publish_events = self._make(
            "PublishEvents",
            FunctionSpec(
                name="publish_events",
                timeout_seconds=60,
                environment={
                    "EVENT_BUS_NAME": bus.event_bus_name,
                    "DEAD_LETTER_QUEUE_URL": dead_letters.queue_url,
                },
            ),
        )
        publish_events.allow("events:PutEvents", on=bus.event_bus_arn)
        publish_events.allow("sqs:SendMessage", on=dead_letters.queue_arn)
        announce_terminal_versions(self._storage.table, publish_events, dead_letters)
        return publish_events

    def _sweep(self) -> GatewayFunction:
        table = self._storage.table
        sweep = self._make(
            "Sweep",
            FunctionSpec(
                name="sweep", timeout_seconds=60, environment={"TABLE_NAME": table.table_name}
            ),
        )
        sweep.allow("dynamodb:Query", on=f"{table.table_arn}/index/{OVERDUE_INDEX}")
        sweep.allow("dynamodb:UpdateItem", on=table.table_arn)
        events.Rule(
            self,
            "EveryFiveMinutes",
            description="Finds verifications whose function died before it stored a result.",
            schedule=events.Schedule.rate(Duration.minutes(5)),
            # What one run misses the next one finds: a late repetition would only be a second.
            targets=[targets.LambdaFunction(sweep.function, retry_attempts=0)],
        )
        return sweep

    def _recover(self) -> GatewayFunction:
        table, emergency = self._storage.table, self._bus.emergency
        recover = self._make(
            "Recover",
            FunctionSpec(
                name="recover",
                timeout_seconds=RECOVER_TIMEOUT,
                environment={"TABLE_NAME": table.table_name},
            ),
        )
        recover.allow("dynamodb:UpdateItem", on=table.table_arn)
        recover.allow(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            on=emergency.queue_arn,
        )
        lambda_.EventSourceMapping(
            recover,
            "PaidResults",
            target=recover.function,
            event_source_arn=emergency.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
        ).node.add_dependency(recover.role)
        return recover


def _judgement(stage: Stage) -> dict[str, str]:
    return {
        "UPSTREAM_URL": stage.upstream_url,
        "UPSTREAM_DIALECT": stage.upstream_dialect,
        "DEFAULT_THRESHOLD": stage.default_threshold,
        "MINIMUM_THRESHOLD": stage.minimum_threshold,
        "MINIMUM_SIDE": str(stage.minimum_side),
        "MAXIMUM_SIDE": str(stage.maximum_side),
        "MULTIPLE_FACES": stage.multiple_faces,
        "RETENTION_HOURS": str(stage.retention_hours),
    }


def _origins(stage: Stage) -> str:
    # An empty variable would read as a forgotten one. No browser sends `none` as its origin.
    return ",".join(stage.allowed_origins) or "none"
