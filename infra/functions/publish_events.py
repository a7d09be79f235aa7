"""`publish_events`: puts an event on the bus for each terminal version in the table's stream."""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.events import Events
from infra.functions.function import FunctionDefaults, FunctionSpec, GatewayFunction
from infra.tables import TERMINAL_STATUSES


class PublishEvents(GatewayFunction):
    """Triggered by the table's stream; the only function that puts events.

    A record that fails is retried without the others of its batch, for six hours.
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
        self._allow_reading(stream)
        self._trigger(stream, dead_letter_queue)

    def _allow_reading(self, stream: str) -> None:
        self.allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            on=stream,
        )
        # Lambda lists the streams before it reads one.
        self.allow("dynamodb:ListStreams", on="*")
        acknowledge(
            self,
            "AwsSolutions-IAM5[Resource::*]",
            "IAM has no narrower resource for ListStreams, which gives the names of streams only.",
        )

    def _trigger(self, stream: str, on_failure: sqs.Queue) -> None:
        status = {"S": lambda_.FilterRule.or_(*TERMINAL_STATUSES)}
        mapping = lambda_.EventSourceMapping(
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
        )
        mapping.node.add_dependency(self.role)
        # The CDK's own destination would also allow to read the queue's attributes.
        resource = cast("lambda_.CfnEventSourceMapping", mapping.node.default_child)
        resource.add_property_override(
            "DestinationConfig.OnFailure.Destination", on_failure.queue_arn
        )
