"""Wires `verify`."""

import os
from typing import TYPE_CHECKING, NamedTuple, Self

from liveness_gateway.adapters.dynamodb.call_counter import DynamoDBCallCounter
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.powertools import powertools_telemetry
from liveness_gateway.adapters.secrets import (
    HmacFingerprints,
    SecretsManager,
    UpstreamCredentials,
    read_ahead,
)
from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.adapters.upstream.breaker import (
    BreakerStore,
    CircuitBreaker,
    CountingBreakerStore,
)
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS, Dialect
from liveness_gateway.adapters.upstream.ports import Transport
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.adapters.upstream.window import SharedWindow
from liveness_gateway.bootstrap import clients as aws
from liveness_gateway.clock import Clock, SystemClock
from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.verify_routes import verify_routes
from liveness_gateway.settings import SettingsError, VerifySettings
from liveness_gateway.telemetry import InvocationTelemetry
from liveness_gateway.verifications.budgets import Budget, ClientBudgets
from liveness_gateway.verifications.requests import Policy
from liveness_gateway.verifications.verify import Verifier

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


class VerifyClients(NamedTuple):
    """The AWS clients of `verify`: as deployed, the first three are one."""

    dynamodb: "DynamoDBClient"
    breaker: "DynamoDBClient"
    budgets: "DynamoDBClient"
    secretsmanager: "SecretsManagerClient"
    sqs: "SQSClient"


class VerifySecrets(NamedTuple):
    """The secrets of `verify`."""

    upstream: SecretsManager
    fingerprints: SecretsManager

    @classmethod
    def of(cls, settings: VerifySettings, clients: VerifyClients, clock: Clock) -> Self:
        """Those that the settings name; nothing is read yet."""
        names = (settings.upstream_secret_arn, settings.fingerprint_secret_arn)
        return cls(*(SecretsManager(clients.secretsmanager, name, clock) for name in names))

    def read_ahead(self) -> None:
        """Read both, unless the first cannot be read."""
        read_ahead(self.upstream, self.fingerprints)


def build_verify(  # noqa: PLR0913 - one collaborator each; all keyword-only
    settings: VerifySettings,
    *,
    clients: VerifyClients,
    clock: Clock,
    telemetry: InvocationTelemetry,
    transport: Transport,
    breaker_store: BreakerStore,
) -> Application:
    """The application of `verify`.

    Raises:
        SettingsError: there is no such dialect.
    """
    secrets = VerifySecrets.of(settings, clients, clock)
    verifier = build_verifier(
        settings,
        clients=clients,
        clock=clock,
        telemetry=telemetry,
        transport=transport,
        breaker_store=breaker_store,
        secrets=secrets,
    )
    routes = verify_routes(verifier, clock)
    origins = settings.allowed_origins
    return Application(routes, origins, clock, telemetry, prepare=secrets.read_ahead)


def build_verifier(  # noqa: PLR0913 - one collaborator each; all keyword-only
    settings: VerifySettings,
    *,
    clients: VerifyClients,
    clock: Clock,
    telemetry: InvocationTelemetry,
    transport: Transport,
    breaker_store: BreakerStore,
    secrets: VerifySecrets | None = None,
) -> Verifier:
    """The use case of `verify`.

    Raises:
        SettingsError: there is no such dialect.
    """
    secrets = secrets or VerifySecrets.of(settings, clients, clock)
    window = SharedWindow(clients.breaker, settings.breaker_table_name, clock, telemetry)
    upstream = UpstreamClient(
        transport=transport,
        dialect=_dialect(settings),
        base_url=settings.upstream_url,
        credentials=UpstreamCredentials(secrets.upstream),
        breaker=CircuitBreaker(breaker_store, clock, telemetry, window),
        clock=clock,
        telemetry=telemetry,
    )
    return Verifier(
        ledger=DynamoDBLedger(clients.dynamodb, settings.table_name),
        upstream=upstream,
        budgets=_budgets(settings, clients, clock),
        fingerprints=HmacFingerprints(secrets.fingerprints),
        emergency=SqsEmergencyQueue(SqsQueue(clients.sqs, settings.emergency_queue_url)),
        clock=clock,
        telemetry=telemetry,
        policy=_policy(settings),
    )


def verify_from_environment() -> Application:
    """The application of `verify`, as it is deployed.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = VerifySettings.read(os.environ)
    telemetry = powertools_telemetry(settings.stage, settings.powertools_metrics_namespace)
    # One, so that they share connections too. (Powertools' store adds a word to its user agent.)
    dynamodb = aws.dynamodb(aws.ONCE)
    secrets, sqs = aws.secretsmanager(), aws.sqs(aws.ONCE)
    clients = VerifyClients(dynamodb, dynamodb, dynamodb, secrets, sqs)
    return build_verify(
        settings,
        clients=clients,
        clock=SystemClock(),
        telemetry=telemetry,
        transport=HttpTransport(),
        breaker_store=CountingBreakerStore(settings.breaker_table_name, dynamodb, telemetry),
    )


def _dialect(settings: VerifySettings) -> Dialect:
    dialect = DIALECTS.get(settings.upstream_dialect)
    if dialect is None:
        raise SettingsError("UPSTREAM_DIALECT is not a known dialect")
    return dialect


def _budgets(settings: VerifySettings, clients: VerifyClients, clock: Clock) -> ClientBudgets:
    counter = DynamoDBCallCounter(clients.budgets, settings.budget_table_name)
    budget = Budget(settings.client_calls_per_day, settings.client_calls_per_month)
    return ClientBudgets(counter, budget, clock)


def _policy(settings: VerifySettings) -> Policy:
    return Policy(
        default_threshold=settings.default_threshold,
        minimum_threshold=settings.minimum_threshold,
        retention=settings.retention,
        multiple_faces=settings.multiple_faces,
        minimum_side=settings.minimum_side,
        maximum_side=settings.maximum_side,
        forward_metadata=settings.forward_metadata,
    )
