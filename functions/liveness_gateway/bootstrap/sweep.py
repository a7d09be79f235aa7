"""Wires `sweep`."""

import os
from typing import TYPE_CHECKING

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.bootstrap import clients as aws
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.entrypoints.schedule import Sweep
from liveness_gateway.settings import TableSettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.recovery import Sweeper

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def build_sweep(
    settings: TableSettings,
    *,
    dynamodb: "DynamoDBClient",
    clock: Clock,
    telemetry: InvocationTelemetry,
) -> Sweep:
    """What `sweep` runs."""
    ledger = DynamoDBLedger(dynamodb, settings.table_name)
    return Sweep(Sweeper(ledger, clock, telemetry), telemetry)


def sweep_from_environment() -> Sweep:
    """What `sweep` runs, as it is deployed.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = TableSettings.read(os.environ)
    return build_sweep(
        settings,
        dynamodb=aws.dynamodb(),
        clock=SystemClock(),
        telemetry=powertools_telemetry(settings.stage, settings.powertools_metrics_namespace),
    )
