"""`publish_events`: puts an event on the bus for each terminal version in the table's stream."""

from aws_cdk import CfnElement, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_lambda_event_sources import SqsDlq
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.events import Events
from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction
from infra.tables import TERMINAL_STATUSES


class PublishEvents(GatewayFunction):
    """Triggered by the table's stream; the only function that puts events.

    A record that fails is retried without the others of its batch, up to 50 times or six hours.
    Then Lambda sends its position in the stream to the dead-letter queue.

    Raises:
        ValueError: the table has no stream.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        defaults: FunctionDefaults,
        table: dynamodb.Table,
        events: Events,
    ) -> None:
        bus, dead_letter_queue = events.bus, events.dead_letter_queue
        spec = FunctionSpec(
            name="publish_events",
            timeout_seconds=60,
            environment={
                "EVENT_BUS_NAME": bus.event_bus_name,
                "DEAD_LETTER_QUEUE_URL": dead_letter_queue.queue_url,
            },
        )
        super().__init__(scope, construct_id, spec=spec, defaults=defaults)
        self.allow("events:PutEvents", on=bus.event_bus_arn)
        self.allow("sqs:SendMessage", on=dead_letter_queue.queue_arn)
        events.name_publisher(self.role)
        events.name_sender(dead_letter_queue, self.role)
        stream = table.table_stream_arn
        if stream is None:
            raise ValueError("The table has no stream.")
        self._allow_reading(table, stream)
        self._trigger(stream, SqsDlq(dead_letter_queue))

    def _allow_reading(self, table: dynamodb.Table, stream: str) -> None:
        self.allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            on=stream,
        )
        # Lambda lists the table's streams before it reads one. IAM has no narrower resource.
        self.allow("dynamodb:ListStreams", on=f"{table.table_arn}/stream/*")
        resource = table.node.default_child
        if isinstance(resource, CfnElement):
            logical_id = Stack.of(table).get_logical_id(resource)
            acknowledge(
                self,
                f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/stream/*]",
                "ListStreams is allowed for the streams of this one table.",
            )

    def _trigger(self, stream: str, on_failure: SqsDlq) -> None:
        status = {"S": lambda_.FilterRule.or_(*TERMINAL_STATUSES)}
        lambda_.EventSourceMapping(
            self,
            "TerminalVersions",
            target=self.function,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[
                lambda_.FilterCriteria.filter(
                    {
                        "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
                        "dynamodb": {"NewImage": {"status": status}},
                    }
                )
            ],
            batch_size=25,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            # Six hours outlast most faults of the bus; a number of tries does not, for 50 may pass
            # in minutes. The stream keeps a record for 24 hours, so an operator then still has
            # time to read it there.
            max_record_age=Duration.hours(6),
            on_failure=on_failure,
        ).node.add_dependency(self.role)
