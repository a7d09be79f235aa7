"""The functions as they are deployed, built by `bootstrap` over the doubles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, cast

from liveness_gateway.bootstrap.publish_events import build_publish_events
from liveness_gateway.bootstrap.recover import build_recover
from liveness_gateway.bootstrap.results import build_results
from liveness_gateway.bootstrap.sweep import build_sweep
from liveness_gateway.bootstrap.verify import VerifyClients, build_verify
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.queues import all_messages
from liveness_gateway.entrypoints.schedule import nothing_swept
from liveness_gateway.entrypoints.streams import whole_batch
from liveness_gateway.settings import (
    PublishSettings,
    ResultsSettings,
    TableSettings,
    VerifySettings,
)
from liveness_gateway.verifications.model import MultipleFaces
from tests.doubles.liveness_api import ADDRESS
from tests.doubles.secrets import FINGERPRINT_ARN, UPSTREAM_ARN
from tests.doubles.table import TABLE
from tests.reliability.simulation.outside import Outside
from tests.reliability.simulation.requests import DEFAULT_THRESHOLD, MINIMUM_THRESHOLD

STAGE: Final = "local"
_NAMESPACE: Final = "liveness-gateway"


class Functions:
    """Makes execution environments: each has caches of its own, and serves one event at a time."""

    def __init__(self, outside: Outside, retention: timedelta, several: MultipleFaces) -> None:
        self._outside = outside
        self._settings = VerifySettings(
            stage=STAGE,
            powertools_metrics_namespace=_NAMESPACE,
            table_name=TABLE,
            allowed_origins=("*",),
            upstream_url=ADDRESS,
            upstream_dialect="v0.2",
            upstream_secret_arn=UPSTREAM_ARN,
            fingerprint_secret_arn=FINGERPRINT_ARN,
            breaker_table_name="breaker",
            emergency_queue_url="emergency",
            default_threshold=DEFAULT_THRESHOLD,
            minimum_threshold=MINIMUM_THRESHOLD,
            minimum_side=0,
            maximum_side=5000,
            retention_hours=int(retention.total_seconds()) // 3600,
            multiple_faces=several,
        )
        self._table_settings = TableSettings(STAGE, _NAMESPACE, TABLE)

    def verify(self) -> LambdaHandler:
        """A new environment of `verify`."""
        outside = self._outside
        clients: Any = (outside.table, outside.breaker_table, outside.secrets, outside.emergency)
        return LambdaHandler(
            lambda: build_verify(
                self._settings,
                clients=VerifyClients(*clients),
                clock=outside.clock,
                telemetry=outside.telemetry,
                transport=outside.transport,
                breaker_store=outside.breaker_table.store(outside.telemetry),
            )
        )

    def results(self) -> LambdaHandler:
        """A new environment of `results`."""
        outside = self._outside
        settings = ResultsSettings(STAGE, _NAMESPACE, TABLE, ("*",))
        return LambdaHandler(
            lambda: build_results(
                settings,
                dynamodb=cast("Any", outside.table),
                clock=outside.clock,
                telemetry=outside.telemetry,
            )
        )

    def sweep(self) -> Callable[..., dict[str, Any]]:
        """A new environment of `sweep`."""
        outside = self._outside
        return BatchHandler(
            lambda: build_sweep(
                self._table_settings,
                dynamodb=cast("Any", outside.table),
                clock=outside.clock,
                telemetry=outside.telemetry,
            ),
            nothing_swept,
        )

    def recover(self) -> Callable[..., dict[str, Any]]:
        """A new environment of `recover`."""
        outside = self._outside
        return BatchHandler(
            lambda: build_recover(
                self._table_settings,
                dynamodb=cast("Any", outside.table),
                telemetry=outside.telemetry,
            ),
            all_messages,
        )

    def publish_events(self) -> Callable[..., dict[str, Any]]:
        """A new environment of `publish_events`."""
        outside = self._outside
        return BatchHandler(
            lambda: build_publish_events(
                PublishSettings(STAGE, _NAMESPACE, "the-bus", "letters"),
                events=cast("Any", outside.bus),
                sqs=cast("Any", outside.letters),
                clock=outside.clock,
                telemetry=outside.telemetry,
            ),
            whole_batch,
        )
