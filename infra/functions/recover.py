"""`recover`: stores paid results that `verify` could not store."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.events import RECOVER_TIMEOUT
from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction


class Recover(GatewayFunction):
    """Triggered by the emergency queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        defaults: FunctionDefaults,
        table: dynamodb.Table,
        queue: sqs.Queue,
    ) -> None:
        spec = FunctionSpec(
            name="recover",
            timeout_seconds=RECOVER_TIMEOUT,
            environment={
                "TABLE_NAME": table.table_name,
                "MULTIPLE_FACES": defaults.stage.multiple_faces,
            },
        )
        super().__init__(scope, construct_id, spec=spec, defaults=defaults)
        self.allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=table.table_arn)
        self.allow(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            on=queue.queue_arn,
        )
        lambda_.EventSourceMapping(
            self,
            "PaidResults",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
        ).node.add_dependency(self.role)
