"""Wires each function once, at cold start. The only place that reads the environment.

One session and clients with short timeouts: a service that hangs must leave time for an answer.
"""

import os
import time
from datetime import UTC, datetime
from typing import Final

import boto3
from botocore.config import Config

from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.eventbridge import EventBridgeBus
from liveness_gateway.adapters.secrets import HmacFingerprints, SecretsManager, UpstreamCredentials
from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.adapters.upstream.breaker import (
    CircuitBreaker,
    CountingBreakerStore,
    breaker_config,
)
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.adapters.upstream.window import SharedWindow
from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.routes import ResultsRoutes, VerifyRoutes
from liveness_gateway.settings import (
    PublishSettings,
    ResultsSettings,
    SettingsError,
    TableSettings,
    VerifySettings,
)
from liveness_gateway.telemetry import PowertoolsJournal, journal
from liveness_gateway.verifications.publishing import Publisher
from liveness_gateway.verifications.recovery import Recoverer, Sweeper
from liveness_gateway.verifications.selfie import SelfieLimits
from liveness_gateway.verifications.verify import Policy, RecordReader, VerificationService

_QUICK: Final = Config(
    connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"}
)
# The service itself repeats what it must store, within the time it has left; the SDK does not.
_ONCE: Final = Config(
    connect_timeout=0.5, read_timeout=1, retries={"total_max_attempts": 1, "mode": "standard"}
)
# A request may have to read two secrets; each says yes or no within 3 s, the wait between two
# tries included.
_SECRETS: Final = _QUICK.merge(Config(connect_timeout=0.7, read_timeout=0.7))


class SystemClock:
    """Implements the `Clock` port with the machine's own clocks."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See the port."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See the port."""
        time.sleep(seconds)


def verify_application() -> Application:
    """The application of `verify`.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = VerifySettings.read(os.environ)
    notes = journal(settings.stage)
    service = VerificationService(
        ledger=_ledger(settings.table_name, _ONCE),
        upstream=_upstream(settings, notes),
        fingerprints=HmacFingerprints(_secret(settings.fingerprint_secret_arn)),
        emergency=SqsEmergencyQueue(
            SqsQueue(boto3.client("sqs", config=_ONCE), settings.emergency_queue_url)
        ),
        clock=SystemClock(),
        journal=notes,
        policy=Policy(
            default_threshold=settings.default_threshold,
            minimum_threshold=settings.minimum_threshold,
            retention=settings.retention,
            multiple_faces=settings.multiple_faces,
        ),
    )
    limits = SelfieLimits(settings.minimum_side, settings.maximum_side)
    return Application(VerifyRoutes(service, limits).table(), settings.allowed_origins, notes)


def results_application() -> Application:
    """The application of `results`.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = ResultsSettings.read(os.environ)
    reader = RecordReader(_ledger(settings.table_name), SystemClock())
    return Application(
        ResultsRoutes(reader, settings.stage).table(),
        settings.allowed_origins,
        journal(settings.stage),
    )


def publisher() -> tuple[Publisher, PowertoolsJournal]:
    """What `publish_events` runs.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = PublishSettings.read(os.environ)
    notes = journal(settings.stage)
    bus = EventBridgeBus(boto3.client("events", config=_QUICK), settings.event_bus_name)
    letters = SqsQueue(boto3.client("sqs", config=_QUICK), settings.dead_letter_queue_url)
    return Publisher(bus, letters, SystemClock(), notes, settings.stage), notes


def sweeper() -> tuple[Sweeper, PowertoolsJournal]:
    """What `sweep` runs.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = TableSettings.read(os.environ)
    notes = journal(settings.stage)
    return Sweeper(_ledger(settings.table_name), SystemClock(), notes), notes


def recoverer() -> tuple[Recoverer, PowertoolsJournal]:
    """What `recover` runs.

    Raises:
        SettingsError: the deployment lacks a setting.
    """
    settings = TableSettings.read(os.environ)
    notes = journal(settings.stage)
    return Recoverer(_ledger(settings.table_name), notes), notes


def _upstream(settings: VerifySettings, notes: PowertoolsJournal) -> UpstreamClient:
    dialect = DIALECTS.get(settings.upstream_dialect)
    if dialect is None:
        raise SettingsError("UPSTREAM_DIALECT is none we speak")
    clock = SystemClock()
    client, table = boto3.client("dynamodb", config=_ONCE), settings.breaker_table_name
    store = CountingBreakerStore(table, boto3_client=client)
    store.count_failures_in(notes)
    store.configure(breaker_config(), "upstream")
    window = SharedWindow(client, table, clock, notes)
    return UpstreamClient(
        transport=HttpTransport(),
        dialect=dialect,
        base_url=settings.upstream_url,
        credentials=UpstreamCredentials(_secret(settings.upstream_secret_arn)),
        breaker=CircuitBreaker(store, clock, notes, window),
        clock=clock,
        journal=notes,
    )


def _ledger(table_name: str, config: Config = _QUICK) -> DynamoDBLedger:
    return DynamoDBLedger(boto3.client("dynamodb", config=config), table_name)


def _secret(arn: str) -> SecretsManager:
    return SecretsManager(boto3.client("secretsmanager", config=_SECRETS), arn, SystemClock())
