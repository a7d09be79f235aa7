"""Wires `publish_events`."""

import os
from typing import TYPE_CHECKING

from liveness_gateway.adapters.dynamodb.items import verification_of
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.adapters.sqs import SqsQueue
from liveness_gateway.bootstrap import clients as aws
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.entrypoints.streams import PublishBatch
from liveness_gateway.settings import PublishSettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.publishing import Publisher

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient


def build_publish_events(
    settings: PublishSettings,
    *,
    events: "EventBridgeClient",
    sqs: "SQSClient",
    clock: Clock,
    telemetry: InvocationTelemetry,
) -> PublishBatch:
    """What `publish_events` runs."""
    bus = EventBridgeBus(events, settings.event_bus_name)
    dead_letters = SqsQueue(sqs, settings.dead_letter_queue_url)
    publisher = Publisher(bus, dead_letters, clock, telemetry, settings.stage)
    return PublishBatch(publisher, verification_of, telemetry)


def publish_events_from_environment() -> PublishBatch:
    """What `publish_events` runs, as it is deployed.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = PublishSettings.read(os.environ)
    return build_publish_events(
        settings,
        events=aws.events(),
        sqs=aws.sqs(),
        clock=SystemClock(),
        telemetry=powertools_telemetry(settings.stage, settings.powertools_metrics_namespace),
    )
