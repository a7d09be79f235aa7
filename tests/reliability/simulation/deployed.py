"""The functions as they are deployed, built by `bootstrap` over the doubles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

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
from liveness_gateway.settings import PublishSettings
from liveness_gateway.verifications.model import MultipleFaces
from tests.reliability.simulation.outside import Outside
from tests.world import SETTINGS

_PUBLISH: Final = PublishSettings(
    SETTINGS.stage, SETTINGS.powertools_metrics_namespace, "the-bus", "letters"
)
Batch = Callable[..., dict[str, Any]]


class Functions:
    """Makes execution environments: each has caches of its own, and serves one event at a time."""

    def __init__(self, outside: Outside, retention: timedelta, several: MultipleFaces) -> None:
        hours = int(retention.total_seconds()) // 3600
        self._settings = replace(SETTINGS, retention_hours=hours, multiple_faces=several)
        # The doubles are the part of boto3's clients that is used.
        self._outside: Any = outside
        self._common: Any = {"clock": outside.clock, "telemetry": outside.telemetry}
        self._table: Any = {"dynamodb": outside.table}

    def verify(self) -> LambdaHandler:
        """A new environment of `verify`."""
        around = self._outside
        clients = VerifyClients(
            around.table, around.breaker_table, around.secrets, around.emergency
        )
        breaker_store = around.breaker_table.store(around.telemetry)
        more: Any = {"transport": around.transport, "breaker_store": breaker_store}
        return LambdaHandler(
            lambda: build_verify(self._settings, clients=clients, **self._common, **more)
        )

    def results(self) -> LambdaHandler:
        """A new environment of `results`."""
        return LambdaHandler(lambda: build_results(self._settings, **self._table, **self._common))

    def sweep(self) -> Batch:
        """A new environment of `sweep`."""
        return BatchHandler(
            lambda: build_sweep(self._settings, **self._table, **self._common), nothing_swept
        )

    def recover(self) -> Batch:
        """A new environment of `recover`."""
        telemetry = self._outside.telemetry
        return BatchHandler(
            lambda: build_recover(self._settings, **self._table, telemetry=telemetry), all_messages
        )

    def publish_events(self) -> Batch:
        """A new environment of `publish_events`."""
        clients: Any = {"events": self._outside.bus, "sqs": self._outside.letters}
        return BatchHandler(
            lambda: build_publish_events(_PUBLISH, **clients, **self._common), whole_batch
        )
