"""`sweep`: ends overdue verifications."""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction
from infra.tables import OVERDUE_INDEX


class Sweep(GatewayFunction):
    """Triggered every five minutes."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        defaults: FunctionDefaults,
        table: dynamodb.Table,
    ) -> None:
        spec = FunctionSpec(
            name="sweep", timeout_seconds=60, environment={"TABLE_NAME": table.table_name}
        )
        super().__init__(scope, construct_id, spec=spec, defaults=defaults)
        self.allow("dynamodb:Query", on=f"{table.table_arn}/index/{OVERDUE_INDEX}")
        self.allow("dynamodb:UpdateItem", on=table.table_arn)
        # Lambda itself would run it again twice where it failed.
        self.function.configure_async_invoke(retry_attempts=0)
        events.Rule(
            scope,
            "EveryFiveMinutes",
            description="Finds verifications whose function ended before it stored a result.",
            schedule=events.Schedule.rate(Duration.minutes(5)),
            # The next run finds what a failed run has missed, so no run is retried.
            targets=[targets.LambdaFunction(self.function, retry_attempts=0)],
        )
