"""From the table's stream to the function that announces: nothing lost, nothing held up."""

from typing import Final

from aws_cdk import CfnElement, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsDlq

from infra.acknowledge import acknowledge
from infra.functions.function import GatewayFunction

TERMINAL: Final = ("completed", "failed", "unknown")


def announce_terminal_versions(
    table: dynamodb.Table, publisher: GatewayFunction, dead_letters: sqs.Queue
) -> None:
    """Wake `publisher` for each terminal version written to `table`.

    A record it cannot handle is tried again alone, for hours at most, and then its place in the
    stream is noted in `dead_letters`.
    """
    stream = table.table_stream_arn
    if stream is None:
        raise ValueError("The table has no stream.")
    _allow_reading(table, stream, publisher)
    lambda_.EventSourceMapping(
        publisher,
        "TerminalVersions",
        target=publisher.function,
        event_source_arn=stream,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        filters=[
            lambda_.FilterCriteria.filter(
                {
                    "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
                    "dynamodb": {"NewImage": {"status": {"S": lambda_.FilterRule.or_(*TERMINAL)}}},
                }
            )
        ],
        batch_size=25,
        report_batch_item_failures=True,
        bisect_batch_on_error=True,
        # Long enough to sit out a fault of the bus; short enough that a person can still find the
        # record in the stream, which forgets it after 24 hours.
        retry_attempts=50,
        max_record_age=Duration.hours(6),
        on_failure=SqsDlq(dead_letters),
    ).node.add_dependency(publisher.role)


def _allow_reading(table: dynamodb.Table, stream: str, publisher: GatewayFunction) -> None:
    publisher.allow(
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        on=stream,
    )
    # Lambda lists the table's streams before it reads one; IAM knows no narrower name for them.
    publisher.allow("dynamodb:ListStreams", on=f"{table.table_arn}/stream/*")
    resource = table.node.default_child
    if isinstance(resource, CfnElement):
        acknowledge(
            publisher,
            f"AwsSolutions-IAM5[Resource::<{Stack.of(table).get_logical_id(resource)}.Arn>"
            "/stream/*]",
            "ListStreams is asked about the streams of this one table.",
        )
