"""Wires `recover`."""

import os
from typing import TYPE_CHECKING

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.dynamodb.messages import kept_result
from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.bootstrap import clients as aws
from liveness_gateway.entrypoints.queues import StoreKeptResults
from liveness_gateway.settings import RecoverSettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.recovery import Recoverer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def build_recover(
    settings: RecoverSettings, *, dynamodb: "DynamoDBClient", telemetry: InvocationTelemetry
) -> StoreKeptResults:
    """What `recover` runs."""
    ledger = DynamoDBLedger(dynamodb, settings.table_name)
    return StoreKeptResults(
        Recoverer(ledger, telemetry, settings.multiple_faces), kept_result, telemetry
    )


def recover_from_environment() -> StoreKeptResults:
    """What `recover` runs, as it is deployed.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = RecoverSettings.read(os.environ)
    return build_recover(
        settings,
        dynamodb=aws.dynamodb(),
        telemetry=powertools_telemetry(settings.stage, settings.powertools_metrics_namespace),
    )
