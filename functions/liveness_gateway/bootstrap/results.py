"""Wires `results`."""

import os
from typing import TYPE_CHECKING

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.bootstrap import clients as aws
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.results_routes import results_routes
from liveness_gateway.settings import ResultsSettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.read import RecordReader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def build_results(
    settings: ResultsSettings,
    *,
    dynamodb: "DynamoDBClient",
    clock: Clock,
    telemetry: InvocationTelemetry,
) -> Application:
    """The application of `results`."""
    reader = RecordReader(DynamoDBLedger(dynamodb, settings.table_name), clock)
    routes = results_routes(reader, settings.stage)
    return Application(routes, settings.allowed_origins, clock, telemetry)


def results_from_environment() -> Application:
    """The application of `results`, as it is deployed.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = ResultsSettings.read(os.environ)
    return build_results(
        settings,
        dynamodb=aws.dynamodb(),
        clock=SystemClock(),
        telemetry=powertools_telemetry(settings.stage, settings.powertools_metrics_namespace),
    )
